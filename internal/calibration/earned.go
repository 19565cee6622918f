package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: 41372 values of 790 documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		{certificate.FormField, Amount, []Range{{0, 0, 0, 0}, {0.85, 2921, 2921, 294}}},
		{certificate.FormField, Date, []Range{{0, 0, 0, 0}, {0.4, 6, 6, 6}, {0.85, 2068, 2068, 294}}},
		{certificate.FormField, Number, []Range{{0, 0, 0, 0}, {0.85, 1066, 1066, 294}}},
		{certificate.FormField, Letter, []Range{{0, 0, 0, 0}, {0.85, 882, 882, 293}}},
		{certificate.FormField, Box, []Range{{0, 0, 0, 0}, {0.75, 5, 5, 4}, {0.85, 1115, 1115, 290}}},
		{certificate.FormField, Flag, []Range{{0, 0, 0, 0}, {0.85, 926, 926, 287}}},
		{certificate.FormField, Autos, []Range{{0, 0, 0, 0}, {0.85, 193, 193, 193}}},
		{certificate.FormField, Signature, []Range{{0, 0, 0, 0}, {0.7, 1, 1, 1}, {0.85, 74, 74, 74}}},
		{certificate.FormField, Name, []Range{{0, 0, 0, 0}, {0.85, 1649, 1649, 294}}},
		{certificate.FormField, Text, []Range{{0, 0, 0, 0}, {0.85, 1727, 1727, 294}}},
		{certificate.Text, Amount, []Range{{0, 0, 0, 0}, {0.85, 4380, 4380, 412}}},
		{certificate.Text, Date, []Range{{0, 0, 0, 0}, {0.85, 3189, 3189, 413}}},
		{certificate.Text, Number, []Range{{0, 0, 0, 0}, {0.85, 1621, 1621, 412}}},
		{certificate.Text, Letter, []Range{{0, 0, 0, 0}, {0.85, 1364, 1364, 410}}},
		{certificate.Text, Box, []Range{{0, 0, 0, 0}, {0.6, 46, 46, 23}, {0.85, 1608, 1608, 399}}},
		{certificate.Text, Flag, []Range{{0, 0, 0, 0}, {0.85, 1277, 1277, 371}}},
		{certificate.Text, Autos, []Range{{0, 0, 0, 0}, {0.6, 4, 4, 1}, {0.85, 283, 283, 269}}},
		{certificate.Text, Signature, []Range{{0, 0, 0, 0}, {0.7, 3, 3, 1}, {0.85, 632, 632, 612}}},
		{certificate.Text, Name, []Range{{0, 0, 0, 0}, {0.7, 4, 4, 1}, {0.85, 2469, 2469, 413}}},
		{certificate.Text, Text, []Range{{0, 0, 0, 0}, {0.85, 3896, 3894, 705}}},
		{certificate.OCR, Amount, []Range{{0, 14, 9, 8}, {0.4, 34, 32, 20}, {0.5, 108, 106, 15}, {0.7, 35, 35, 13}, {0.75, 124, 124, 32}, {0.85, 1402, 1402, 96}}},
		{certificate.OCR, Date, []Range{{0, 1, 0, 1}, {0.15, 6, 5, 6}, {0.4, 193, 192, 85}, {0.75, 23, 23, 19}, {0.85, 1082, 1082, 97}}},
		{certificate.OCR, Number, []Range{{0, 12, 2, 8}, {0.15, 35, 19, 26}, {0.4, 3, 2, 3}, {0.5, 8, 6, 7}, {0.6, 21, 18, 19}, {0.7, 21, 19, 15}, {0.75, 63, 58, 45}, {0.8, 493, 483, 91}, {0.85, 0, 0, 0}}},
		{certificate.OCR, Letter, []Range{{0, 0, 0, 0}, {0.15, 3, 3, 1}, {0.3, 4, 4, 2}, {0.4, 4, 4, 3}, {0.5, 3, 3, 2}, {0.6, 22, 22, 5}, {0.7, 1, 1, 1}, {0.75, 108, 108, 30}, {0.85, 410, 410, 88}}},
		{certificate.OCR, Box, []Range{{0, 0, 0, 0}, {0.4, 2, 2, 1}, {0.5, 1, 1, 1}, {0.6, 42, 42, 5}, {0.7, 6, 6, 4}, {0.75, 51, 51, 38}, {0.85, 543, 543, 91}}},
		{certificate.OCR, Flag, []Range{{0, 0, 0, 0}, {0.6, 9, 9, 6}, {0.7, 2, 2, 2}, {0.75, 46, 46, 27}, {0.85, 462, 462, 82}}},
		{certificate.OCR, Autos, []Range{{0, 0, 0, 0}, {0.4, 25, 24, 14}, {0.75, 50, 50, 36}, {0.85, 44, 44, 22}}},
		{certificate.OCR, Signature, []Range{{0, 0, 0, 0}, {0.7, 6, 6, 1}, {0.75, 67, 67, 45}, {0.85, 83, 83, 49}}},
		{certificate.OCR, Name, []Range{{0, 0, 0, 0}, {0.15, 26, 19, 17}, {0.5, 19, 16, 13}, {0.6, 22, 20, 10}, {0.7, 34, 33, 18}, {0.75, 269, 268, 87}, {0.85, 597, 595, 96}}},
		{certificate.OCR, Text, []Range{{0, 66, 30, 28}, {0.4, 26, 17, 15}, {0.5, 65, 46, 33}, {0.7, 32, 25, 27}, {0.75, 58, 56, 33}, {0.8, 443, 431, 90}, {0.85, 629, 620, 96}}},
	}
}
