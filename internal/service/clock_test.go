package service

import (
	"fmt"
	"testing"
	"time"
)

func TestAClockThatIsWrongIsToldByHowMuch(t *testing.T) {
	t.Parallel()
	began := time.Date(2031, 3, 9, 1, 59, 50, 0, time.UTC)
	ended := began.Add(10 * time.Second) // the database was slow
	for _, c := range []struct {
		name  string
		there time.Time
		want  string
	}{
		{"the same time", began.Add(5 * time.Second), "<nil>"},
		{"another zone", began.Add(5 * time.Second).In(time.FixedZone("", 14*3600)), "<nil>"},
		{"half a minute", began.Add(-30 * time.Second), "<nil>"},
		{"an hour ahead", began.Add(-time.Hour), "this machine's clock is 1h0m0s ahead of the database's"},
		{"an hour behind", ended.Add(time.Hour), "this machine's clock is 1h0m0s behind the database's"},
	} {
		if got := fmt.Sprint(clockFault(began, c.there, ended)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
