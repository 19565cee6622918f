package certificate_test

import (
	"encoding/json"
	"testing"
	"time"

	"certflow/internal/certificate"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"MM/DD/YYYY", "01/07/2025", "01/07/2025"},
		{"M/D/YYYY", "1/7/2025", "01/07/2025"},
		{"MM/DD/YY", "01/07/25", "01/07/2025"},
		{"YYYY-MM-DD", "2025-01-07", "01/07/2025"},
		{"a two-digit year up to 69 is of this century", "12/31/69", "12/31/2069"},
		{"a two-digit year from 70 is of the last century", "01/01/70", "01/01/1970"},
		{"the leap day of a leap year", "02/29/2024", "02/29/2024"},
		{"the leap day of a common year is no day", "02/29/2025", ""},
		{"a 31st of April is no day", "04/31/2025", ""},
		{"a thirteenth month is no day", "13/01/2025", ""},
		{"month and day zero are no day", "00/00/2025", ""},
		{"M/D/YY is not among the formats", "1/7/25", ""},
		{"a dashed American date is not among the formats", "01-07-2025", ""},
		{"a date with words is not among the formats", "Jan 7, 2025", ""},
		{"a date with a time is not among the formats", "01/07/2025 12:01 AM", ""},
		{"text around a date is refused", " 01/07/2025", ""},
		{"a line break after a date is refused", "01/07/2025\n", ""},
		{"a year before 1900 is refused", "01/07/1899", ""},
		{"a year after 2199 is refused", "01/07/2200", ""},
		{"digits of another script are refused", "٠١/٠٧/٢٠٢٥", ""},
		{"nothing is refused", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := certificate.ParseDate(tt.in)
			if tt.want == "" {
				if err == nil {
					t.Fatalf("ParseDate(%q) = %v, want an error", tt.in, got)
				}
				return
			}
			if err != nil || got.String() != tt.want {
				t.Errorf("ParseDate(%q) = %v, %v; want %s", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestDateArithmeticCountsCalendarDays(t *testing.T) {
	t.Parallel()
	day := func(s string) certificate.Date {
		d, err := certificate.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if got := day("02/28/2024").AddDays(2); got != day("03/01/2024") {
		t.Errorf("two days after 02/28/2024 is %v", got)
	}
	if got := day("01/01/2025").AddDays(-1); got != day("12/31/2024") {
		t.Errorf("the day before 01/01/2025 is %v", got)
	}
	if got := day("01/01/1900").DaysUntil(day("12/31/2199")); got != 109572 {
		t.Errorf("the longest span is %d days", got)
	}
	if got := day("03/10/2025").DaysUntil(day("03/08/2025")); got != -2 {
		t.Errorf("two days back are %d days", got)
	}
	if day("01/07/2025").Before(day("01/07/2025")) || !day("12/31/2024").Before(day("01/01/2025")) {
		t.Error("Before does not follow the calendar")
	}
}

func TestDateOfTakesTheDayOfTheTimesOwnZone(t *testing.T) {
	t.Parallel()
	late := time.Date(2025, time.June, 30, 23, 30, 0, 0, time.FixedZone("UTC-5", -5*60*60))
	if got := certificate.DateOf(late).String(); got != "06/30/2025" {
		t.Errorf("in its own zone the day is %s", got)
	}
	if got := certificate.DateOf(late.UTC()).String(); got != "07/01/2025" {
		t.Errorf("in UTC the day is %s", got)
	}
}

func TestDateKeepsItsFormInJSON(t *testing.T) {
	t.Parallel()
	var d certificate.Date
	if err := json.Unmarshal([]byte(`"2025-06-30"`), &d); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(d); err != nil || string(got) != `"06/30/2025"` {
		t.Errorf("json.Marshal = %s, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`"Continuous"`), &d); err == nil {
		t.Error("a word was taken for a date")
	}
}
