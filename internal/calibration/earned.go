package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: 51404 values of 999 documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		{certificate.FormField, Amount, []Range{{0, 0, 0, 0}, {0.85, 2995, 2995, 306}}},
		{certificate.FormField, Date, []Range{{0, 0, 0, 0}, {0.4, 6, 6, 6}, {0.85, 2246, 2246, 313}}},
		{certificate.FormField, Number, []Range{{0, 0, 0, 0}, {0.6, 4, 4, 4}, {0.85, 1141, 1141, 313}}},
		{certificate.FormField, Letter, []Range{{0, 0, 0, 0}, {0.85, 961, 961, 313}}},
		{certificate.FormField, Box, []Range{{0, 0, 0, 0}, {0.6, 1, 1, 1}, {0.75, 15, 15, 11}, {0.85, 1219, 1219, 305}}},
		{certificate.FormField, Flag, []Range{{0, 0, 0, 0}, {0.5, 112, 112, 57}, {0.85, 928, 928, 295}}},
		{certificate.FormField, Autos, []Range{{0, 0, 0, 0}, {0.85, 205, 205, 205}}},
		{certificate.FormField, Signature, []Range{{0, 0, 0, 0}, {0.7, 1, 1, 1}, {0.85, 68, 68, 68}}},
		{certificate.FormField, Name, []Range{{0, 0, 0, 0}, {0.15, 10, 10, 4}, {0.85, 1753, 1753, 313}}},
		{certificate.FormField, Text, []Range{{0, 0, 0, 0}, {0.15, 10, 10, 4}, {0.85, 1843, 1843, 313}}},
		{certificate.Text, Amount, []Range{{0, 0, 0, 0}, {0.15, 7, 7, 1}, {0.7, 13, 13, 2}, {0.85, 4910, 4910, 475}}},
		{certificate.Text, Date, []Range{{0, 0, 0, 0}, {0.85, 3655, 3655, 472}}},
		{certificate.Text, Number, []Range{{0, 0, 0, 0}, {0.15, 8, 8, 2}, {0.6, 9, 9, 9}, {0.85, 1850, 1850, 470}}},
		{certificate.Text, Letter, []Range{{0, 0, 0, 0}, {0.85, 1530, 1530, 459}}},
		{certificate.Text, Box, []Range{{0, 0, 0, 0}, {0.6, 58, 58, 20}, {0.7, 2, 2, 1}, {0.85, 1868, 1868, 458}}},
		{certificate.Text, Flag, []Range{{0, 0, 0, 0}, {0.5, 146, 146, 72}, {0.85, 1419, 1419, 413}}},
		{certificate.Text, Autos, []Range{{0, 0, 0, 0}, {0.6, 7, 7, 4}, {0.7, 1, 1, 1}, {0.85, 326, 326, 312}}},
		{certificate.Text, Signature, []Range{{0, 0, 0, 0}, {0.7, 3, 3, 1}, {0.85, 717, 717, 697}}},
		{certificate.Text, Name, []Range{{0, 0, 0, 0}, {0.15, 5, 4, 4}, {0.7, 8, 8, 5}, {0.85, 2807, 2807, 473}}},
		{certificate.Text, Text, []Range{{0, 0, 0, 0}, {0.15, 4, 3, 4}, {0.7, 4, 4, 4}, {0.85, 4403, 4400, 783}}},
		{certificate.OCR, Amount, []Range{{0, 0, 0, 0}, {0.15, 7, 4, 6}, {0.4, 16, 15, 11}, {0.5, 106, 101, 40}, {0.7, 28, 27, 18}, {0.75, 180, 180, 64}, {0.85, 2696, 2696, 232}}},
		{certificate.OCR, Date, []Range{{0, 0, 0, 0}, {0.15, 12, 9, 11}, {0.6, 12, 12, 10}, {0.7, 286, 286, 199}, {0.75, 26, 26, 12}, {0.85, 1945, 1945, 226}}},
		{certificate.OCR, Number, []Range{{0, 11, 3, 11}, {0.15, 81, 47, 67}, {0.6, 46, 39, 42}, {0.7, 102, 99, 76}, {0.8, 924, 914, 223}, {0.85, 0, 0, 0}}},
		{certificate.OCR, Letter, []Range{{0, 1, 0, 1}, {0.15, 5, 4, 2}, {0.3, 3, 3, 2}, {0.4, 3, 3, 2}, {0.5, 3, 3, 2}, {0.6, 24, 24, 6}, {0.7, 9, 9, 9}, {0.75, 163, 163, 64}, {0.85, 757, 757, 204}}},
		{certificate.OCR, Box, []Range{{0, 0, 0, 0}, {0.4, 4, 4, 2}, {0.5, 4, 4, 3}, {0.6, 78, 78, 26}, {0.7, 12, 12, 12}, {0.75, 45, 45, 25}, {0.85, 994, 994, 219}}},
		{certificate.OCR, Flag, []Range{{0, 0, 0, 0}, {0.5, 93, 93, 43}, {0.6, 2, 2, 2}, {0.7, 6, 6, 6}, {0.75, 98, 98, 67}, {0.85, 822, 822, 198}}},
		{certificate.OCR, Autos, []Range{{0, 0, 0, 0}, {0.3, 37, 36, 25}, {0.75, 54, 54, 41}, {0.85, 117, 117, 94}}},
		{certificate.OCR, Signature, []Range{{0, 0, 0, 0}, {0.7, 6, 6, 1}, {0.75, 87, 87, 83}, {0.85, 196, 196, 139}}},
		{certificate.OCR, Name, []Range{{0, 4, 1, 4}, {0.15, 6, 4, 6}, {0.3, 38, 32, 33}, {0.5, 34, 30, 23}, {0.6, 55, 51, 42}, {0.7, 132, 126, 80}, {0.8, 388, 386, 179}, {0.85, 1044, 1042, 223}}},
		{certificate.OCR, Text, []Range{{0, 6, 3, 6}, {0.15, 64, 35, 36}, {0.4, 34, 25, 25}, {0.5, 31, 24, 28}, {0.6, 91, 76, 60}, {0.7, 64, 57, 58}, {0.75, 115, 112, 77}, {0.8, 742, 738, 214}, {0.85, 1174, 1170, 228}}},
	}
}
