package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: 79827 values of 1629 documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		{certificate.FormField, Amount, []Range{{0, 0, 0, 0}, {0.85, 5731, 5731, 578}}},
		{certificate.FormField, Date, []Range{{0, 0, 0, 0}, {0.4, 11, 11, 11}, {0.85, 4060, 4060, 578}}},
		{certificate.FormField, Number, []Range{{0, 0, 0, 0}, {0.85, 2096, 2096, 578}}},
		{certificate.FormField, Letter, []Range{{0, 0, 0, 0}, {0.85, 1731, 1731, 577}}},
		{certificate.FormField, Box, []Range{{0, 0, 0, 0}, {0.75, 16, 16, 12}, {0.85, 2223, 2223, 567}}},
		{certificate.FormField, Flag, []Range{{0, 0, 0, 0}, {0.85, 1848, 1848, 567}}},
		{certificate.FormField, Autos, []Range{{0, 0, 0, 0}, {0.85, 371, 371, 371}}},
		{certificate.FormField, Signature, []Range{{0, 0, 0, 0}, {0.7, 1, 1, 1}, {0.85, 127, 127, 127}}},
		{certificate.FormField, Name, []Range{{0, 0, 0, 0}, {0.85, 3253, 3253, 578}}},
		{certificate.FormField, Text, []Range{{0, 0, 0, 0}, {0.85, 3391, 3391, 578}}},
		{certificate.Text, Amount, []Range{{0, 0, 0, 0}, {0.85, 8151, 8151, 791}}},
		{certificate.Text, Date, []Range{{0, 0, 0, 0}, {0.85, 5976, 5976, 793}}},
		{certificate.Text, Number, []Range{{0, 0, 0, 0}, {0.85, 3055, 3055, 792}}},
		{certificate.Text, Letter, []Range{{0, 0, 0, 0}, {0.85, 2539, 2539, 783}}},
		{certificate.Text, Box, []Range{{0, 0, 0, 0}, {0.6, 82, 82, 39}, {0.85, 3018, 3018, 758}}},
		{certificate.Text, Flag, []Range{{0, 0, 0, 0}, {0.85, 2472, 2472, 733}}},
		{certificate.Text, Autos, []Range{{0, 0, 0, 0}, {0.6, 9, 9, 6}, {0.85, 516, 516, 502}}},
		{certificate.Text, Signature, []Range{{0, 0, 0, 0}, {0.7, 3, 3, 1}, {0.85, 1225, 1225, 1205}}},
		{certificate.Text, Name, []Range{{0, 0, 0, 0}, {0.7, 4, 4, 1}, {0.85, 4622, 4622, 793}}},
		{certificate.Text, Text, []Range{{0, 0, 0, 0}, {0.85, 7322, 7320, 1369}}},
		{certificate.OCR, Amount, []Range{{0, 34, 14, 20}, {0.4, 40, 35, 30}, {0.6, 123, 120, 46}, {0.7, 40, 40, 21}, {0.75, 108, 108, 57}, {0.8, 142, 142, 52}, {0.85, 2978, 2978, 276}}},
		{certificate.OCR, Date, []Range{{0, 3, 2, 3}, {0.3, 7, 6, 7}, {0.4, 16, 15, 15}, {0.6, 361, 360, 248}, {0.75, 41, 41, 27}, {0.85, 2155, 2155, 272}}},
		{certificate.OCR, Number, []Range{{0, 15, 5, 11}, {0.15, 64, 32, 54}, {0.3, 26, 14, 25}, {0.5, 76, 61, 66}, {0.7, 176, 161, 123}, {0.8, 948, 930, 263}, {0.85, 0, 0, 0}}},
		{certificate.OCR, Letter, []Range{{0, 10, 9, 5}, {0.4, 7, 7, 5}, {0.5, 8, 8, 6}, {0.6, 38, 38, 15}, {0.7, 6, 6, 6}, {0.75, 204, 204, 86}, {0.85, 818, 818, 246}}},
		{certificate.OCR, Box, []Range{{0, 0, 0, 0}, {0.3, 1, 1, 1}, {0.4, 4, 4, 3}, {0.5, 3, 3, 2}, {0.6, 68, 68, 17}, {0.7, 6, 6, 6}, {0.75, 43, 43, 33}, {0.85, 1192, 1192, 270}}},
		{certificate.OCR, Flag, []Range{{0, 0, 0, 0}, {0.6, 11, 11, 10}, {0.7, 4, 4, 4}, {0.75, 40, 40, 30}, {0.8, 60, 60, 48}, {0.85, 894, 894, 242}}},
		{certificate.OCR, Autos, []Range{{0, 0, 0, 0}, {0.4, 3, 2, 3}, {0.6, 42, 39, 31}, {0.8, 91, 91, 76}, {0.85, 110, 110, 89}}},
		{certificate.OCR, Signature, []Range{{0, 0, 0, 0}, {0.7, 6, 6, 1}, {0.8, 135, 135, 131}, {0.85, 194, 194, 138}}},
		{certificate.OCR, Name, []Range{{0, 4, 1, 4}, {0.15, 10, 6, 10}, {0.3, 87, 65, 65}, {0.6, 47, 41, 33}, {0.7, 66, 61, 46}, {0.75, 92, 87, 63}, {0.8, 490, 483, 220}, {0.85, 1157, 1157, 263}}},
		{certificate.OCR, Text, []Range{{0, 15, 5, 14}, {0.15, 93, 54, 56}, {0.4, 40, 28, 30}, {0.5, 45, 36, 41}, {0.6, 95, 77, 61}, {0.7, 80, 72, 69}, {0.75, 146, 140, 101}, {0.8, 916, 903, 268}, {0.85, 1231, 1230, 266}}},
	}
}
