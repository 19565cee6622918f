package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: 42586 values of 777 documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		{certificate.FormField, Amount, []Range{{0, 0, 0, 0}, {0.85, 2921, 2921, 294}}},
		{certificate.FormField, Date, []Range{{0, 0, 0, 0}, {0.4, 6, 6, 6}, {0.85, 2068, 2068, 294}}},
		{certificate.FormField, Number, []Range{{0, 0, 0, 0}, {0.85, 1066, 1066, 294}}},
		{certificate.FormField, Letter, []Range{{0, 0, 0, 0}, {0.85, 882, 882, 293}}},
		{certificate.FormField, Box, []Range{{0, 0, 0, 0}, {0.75, 4, 4, 3}, {0.85, 1115, 1115, 290}}},
		{certificate.FormField, Flag, []Range{{0, 0, 0, 0}, {0.85, 926, 926, 287}}},
		{certificate.FormField, Autos, []Range{{0, 0, 0, 0}, {0.85, 193, 193, 193}}},
		{certificate.FormField, Signature, []Range{{0, 0, 0, 0}, {0.7, 1, 1, 1}, {0.85, 74, 74, 74}}},
		{certificate.FormField, Name, []Range{{0, 0, 0, 0}, {0.85, 2502, 2502, 294}}},
		{certificate.FormField, Text, []Range{{0, 0, 0, 0}, {0.85, 1727, 1727, 294}}},
		{certificate.Text, Amount, []Range{{0, 0, 0, 0}, {0.85, 4362, 4362, 412}}},
		{certificate.Text, Date, []Range{{0, 0, 0, 0}, {0.85, 3172, 3172, 413}}},
		{certificate.Text, Number, []Range{{0, 0, 0, 0}, {0.85, 1613, 1613, 412}}},
		{certificate.Text, Letter, []Range{{0, 0, 0, 0}, {0.85, 1356, 1356, 410}}},
		{certificate.Text, Box, []Range{{0, 0, 0, 0}, {0.6, 46, 46, 23}, {0.85, 1603, 1603, 399}}},
		{certificate.Text, Flag, []Range{{0, 0, 0, 0}, {0.85, 1271, 1271, 371}}},
		{certificate.Text, Autos, []Range{{0, 0, 0, 0}, {0.6, 4, 4, 1}, {0.85, 281, 281, 269}}},
		{certificate.Text, Signature, []Range{{0, 0, 0, 0}, {0.7, 2, 2, 1}, {0.85, 631, 631, 612}}},
		{certificate.Text, Name, []Range{{0, 0, 0, 0}, {0.7, 4, 4, 1}, {0.85, 3755, 3755, 413}}},
		{certificate.Text, Text, []Range{{0, 0, 0, 0}, {0.85, 3874, 3872, 705}}},
		{certificate.OCR, Amount, []Range{{0, 21, 10, 12}, {0.4, 28, 24, 20}, {0.5, 7, 7, 4}, {0.6, 73, 73, 11}, {0.7, 22, 22, 13}, {0.75, 114, 114, 30}, {0.85, 1176, 1176, 83}}},
		{certificate.OCR, Date, []Range{{0, 1, 0, 1}, {0.15, 6, 5, 6}, {0.4, 166, 165, 70}, {0.75, 21, 21, 17}, {0.85, 904, 904, 84}}},
		{certificate.OCR, Number, []Range{{0, 10, 2, 7}, {0.15, 31, 16, 24}, {0.4, 3, 2, 3}, {0.5, 26, 22, 22}, {0.7, 71, 67, 46}, {0.8, 410, 402, 79}, {0.85, 0, 0, 0}}},
		{certificate.OCR, Letter, []Range{{0, 0, 0, 0}, {0.15, 2, 2, 1}, {0.3, 3, 3, 2}, {0.4, 4, 4, 3}, {0.5, 3, 3, 2}, {0.6, 19, 19, 5}, {0.7, 1, 1, 1}, {0.75, 88, 88, 25}, {0.85, 347, 347, 77}}},
		{certificate.OCR, Box, []Range{{0, 0, 0, 0}, {0.4, 46, 44, 7}, {0.7, 3, 3, 3}, {0.75, 39, 39, 31}, {0.85, 458, 458, 78}}},
		{certificate.OCR, Flag, []Range{{0, 0, 0, 0}, {0.6, 3, 3, 3}, {0.75, 40, 40, 24}, {0.85, 378, 378, 69}}},
		{certificate.OCR, Autos, []Range{{0, 0, 0, 0}, {0.4, 2, 1, 2}, {0.6, 26, 25, 13}, {0.75, 37, 37, 29}, {0.85, 37, 37, 21}}},
		{certificate.OCR, Signature, []Range{{0, 0, 0, 0}, {0.7, 5, 5, 1}, {0.75, 54, 54, 37}, {0.85, 72, 72, 45}}},
		{certificate.OCR, Name, []Range{{0, 1, 0, 1}, {0.15, 4, 3, 4}, {0.3, 34, 26, 14}, {0.5, 58, 52, 22}, {0.7, 58, 56, 20}, {0.75, 424, 422, 76}, {0.85, 672, 670, 82}}},
		{certificate.OCR, Text, []Range{{0, 6, 2, 6}, {0.15, 53, 24, 23}, {0.4, 24, 15, 15}, {0.5, 57, 39, 30}, {0.7, 28, 22, 25}, {0.75, 45, 43, 26}, {0.8, 359, 349, 77}, {0.85, 542, 534, 84}}},
	}
}
