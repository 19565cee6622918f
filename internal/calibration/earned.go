package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: 62669 values of 1252 documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		{certificate.FormField, Amount, []Range{{0, 0, 0, 0}, {0.85, 4794, 4794, 481}}},
		{certificate.FormField, Date, []Range{{0, 0, 0, 0}, {0.4, 10, 10, 10}, {0.85, 3365, 3365, 481}}},
		{certificate.FormField, Number, []Range{{0, 0, 0, 0}, {0.85, 1738, 1738, 481}}},
		{certificate.FormField, Letter, []Range{{0, 0, 0, 0}, {0.85, 1437, 1437, 480}}},
		{certificate.FormField, Box, []Range{{0, 0, 0, 0}, {0.75, 8, 8, 7}, {0.85, 1843, 1843, 473}}},
		{certificate.FormField, Flag, []Range{{0, 0, 0, 0}, {0.85, 1527, 1527, 473}}},
		{certificate.FormField, Autos, []Range{{0, 0, 0, 0}, {0.85, 309, 309, 309}}},
		{certificate.FormField, Signature, []Range{{0, 0, 0, 0}, {0.7, 1, 1, 1}, {0.85, 110, 110, 110}}},
		{certificate.FormField, Name, []Range{{0, 0, 0, 0}, {0.85, 2701, 2701, 481}}},
		{certificate.FormField, Text, []Range{{0, 0, 0, 0}, {0.85, 2820, 2820, 481}}},
		{certificate.Text, Amount, []Range{{0, 0, 0, 0}, {0.85, 6985, 6985, 666}}},
		{certificate.Text, Date, []Range{{0, 0, 0, 0}, {0.85, 5054, 5054, 667}}},
		{certificate.Text, Number, []Range{{0, 0, 0, 0}, {0.85, 2581, 2581, 666}}},
		{certificate.Text, Letter, []Range{{0, 0, 0, 0}, {0.85, 2154, 2154, 659}}},
		{certificate.Text, Box, []Range{{0, 0, 0, 0}, {0.6, 60, 60, 33}, {0.85, 2562, 2562, 643}}},
		{certificate.Text, Flag, []Range{{0, 0, 0, 0}, {0.85, 2076, 2076, 616}}},
		{certificate.Text, Autos, []Range{{0, 0, 0, 0}, {0.6, 6, 6, 3}, {0.85, 442, 442, 428}}},
		{certificate.Text, Signature, []Range{{0, 0, 0, 0}, {0.7, 3, 3, 1}, {0.85, 1028, 1028, 1008}}},
		{certificate.Text, Name, []Range{{0, 0, 0, 0}, {0.7, 4, 4, 1}, {0.85, 3906, 3906, 667}}},
		{certificate.Text, Text, []Range{{0, 0, 0, 0}, {0.85, 6185, 6183, 1146}}},
		{certificate.OCR, Amount, []Range{{0, 18, 11, 13}, {0.4, 31, 29, 17}, {0.5, 147, 144, 30}, {0.7, 44, 44, 20}, {0.75, 75, 75, 31}, {0.8, 69, 69, 25}, {0.85, 1563, 1563, 119}}},
		{certificate.OCR, Date, []Range{{0, 2, 1, 2}, {0.15, 222, 221, 108}, {0.75, 23, 23, 20}, {0.85, 1205, 1205, 118}}},
		{certificate.OCR, Number, []Range{{0, 11, 2, 7}, {0.15, 35, 18, 27}, {0.3, 11, 6, 10}, {0.5, 15, 10, 13}, {0.6, 25, 17, 20}, {0.7, 24, 22, 19}, {0.75, 62, 57, 42}, {0.8, 557, 547, 112}, {0.85, 0, 0, 0}}},
		{certificate.OCR, Letter, []Range{{0, 0, 0, 0}, {0.15, 9, 8, 4}, {0.4, 5, 5, 4}, {0.5, 3, 3, 2}, {0.6, 24, 24, 7}, {0.7, 5, 5, 2}, {0.75, 130, 130, 41}, {0.85, 448, 448, 108}}},
		{certificate.OCR, Box, []Range{{0, 0, 0, 0}, {0.4, 2, 2, 1}, {0.5, 1, 1, 1}, {0.6, 43, 43, 6}, {0.7, 6, 6, 4}, {0.75, 42, 42, 30}, {0.85, 630, 630, 114}}},
		{certificate.OCR, Flag, []Range{{0, 0, 0, 0}, {0.6, 16, 15, 10}, {0.75, 58, 58, 38}, {0.85, 499, 499, 101}}},
		{certificate.OCR, Autos, []Range{{0, 0, 0, 0}, {0.4, 27, 26, 16}, {0.75, 53, 53, 39}, {0.85, 59, 59, 37}}},
		{certificate.OCR, Signature, []Range{{0, 0, 0, 0}, {0.7, 6, 6, 1}, {0.8, 78, 78, 58}, {0.85, 96, 96, 60}}},
		{certificate.OCR, Name, []Range{{0, 1, 0, 1}, {0.15, 5, 3, 5}, {0.3, 23, 17, 16}, {0.5, 23, 19, 17}, {0.6, 26, 23, 14}, {0.7, 38, 36, 22}, {0.75, 308, 306, 102}, {0.85, 665, 664, 116}}},
		{certificate.OCR, Text, []Range{{0, 5, 2, 5}, {0.15, 63, 32, 30}, {0.4, 25, 16, 16}, {0.5, 78, 56, 41}, {0.7, 37, 28, 32}, {0.75, 70, 66, 44}, {0.8, 524, 512, 115}, {0.85, 685, 677, 117}}},
	}
}
