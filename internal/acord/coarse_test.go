package acord_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"certflow/internal/acord"
	"certflow/internal/certificate"
)

func TestAPictureTooCoarseToReadIsUnreadable(t *testing.T) {
	t.Parallel()
	var letter strings.Builder
	for i := range 20 {
		fmt.Fprintf(&letter, "60,%d would like everybody present\n", 100+20*i)
	}
	for name, test := range map[string]struct {
		page string
		want certificate.RefusalCode
	}{
		"a form without values, read poorly":   {"ocr 0.4\nform\n", certificate.Unreadable},
		"a form without values, read well":     {"ocr 0.93\nform\n", certificate.NotACertificate},
		"a letter, read poorly":                {"ocr 0.4\n" + letter.String(), certificate.Unreadable},
		"a letter, read well":                  {"ocr 0.93\n" + letter.String(), certificate.NotACertificate},
		"a printed letter":                     {letter.String(), certificate.NotACertificate},
		"an invoice by its title, read poorly": {"ocr 0.4\n60,40 INVOICE\n" + letter.String(), certificate.NotACertificate},
		"some words, read poorly":              {"ocr 0.4\n60,40 we would like everybody to come present at the meeting\n", certificate.NotACertificate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := acord.Read(draw(t, test.page))
			var refused *certificate.Refusal
			if !errors.As(err, &refused) || refused.Code != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if coarse := strings.Contains(refused.Message, "200 dpi"); coarse != (test.want == certificate.Unreadable) {
				t.Errorf("the message is %q", refused.Message)
			}
		})
	}
}
