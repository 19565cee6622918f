package id

import (
	"strings"
	"testing"
)

func TestNewMakesDistinctIdentifiersOfItsKind(t *testing.T) {
	t.Parallel()
	kinds := []Prefix{
		Account, Assignment, Audit, AuditResult, Certificate, Contractor, Delivery, Entity, Event,
		InsuranceRequirement, Job, Key, Tracker, TrackerSession, WebhookEndpoint,
	}
	seen := map[string]bool{}
	for _, kind := range kinds {
		for range 200 {
			s := New(kind)
			if seen[s] {
				t.Fatalf("%s was made twice", s)
			}
			seen[s] = true
			if want := len(kind) + 1 + 14; len(s) != want {
				t.Fatalf("%s has %d characters, want %d", s, len(s), want)
			}
			for _, other := range kinds {
				if got, want := Valid(other, s), other == kind; got != want {
					t.Fatalf("Valid(%q, %q) = %v, want %v", other, s, got, want)
				}
			}
		}
	}
}

func TestValidJudgesTheFormOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s    string
		want bool
	}{
		"one character is enough":                {"ci_a", true},
		"sixty-four characters are still one":    {"ci_" + strings.Repeat("Z", 64), true},
		"sixty-five are not":                     {"ci_" + strings.Repeat("Z", 65), false},
		"nothing after the underscore":           {"ci_", false},
		"another kind":                           {"cn_abcdefghij", false},
		"a kind that begins with the same":       {"car_abcdefghij", false},
		"a slash":                                {"ci_abc/def", false},
		"a second underscore":                    {"ci_abc_def", false},
		"a NUL":                                  {"ci_abc\x00", false},
		"a letter outside ASCII":                 {"ci_abcé", false},
		"a line feed at the end":                 {"ci_abc\n", false},
		"the empty text":                         {"", false},
		"the prefix in capitals is another text": {"CI_abc", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Valid(Certificate, c.s); got != c.want {
				t.Errorf("Valid(%q) = %v, want %v", c.s, got, c.want)
			}
		})
	}
}

// Were bytes simply taken modulo 62, the first eight characters of the alphabet
// would come 25 % more often than the others.
func TestEveryCharacterIsEquallyLikely(t *testing.T) {
	t.Parallel()
	const n = 620_000
	counts := map[rune]int{}
	for _, r := range randomText(n) {
		counts[r]++
	}
	if len(counts) != 62 {
		t.Fatalf("%d different characters, want 62", len(counts))
	}
	for r, got := range counts {
		// Expected 10,000 with a standard deviation of about 99.
		if got < 9_300 || got > 10_700 {
			t.Errorf("%c came %d times of %d, want about 10000", r, got, n)
		}
	}
}

func TestKeysSayTheirModeAndHaveOneLength(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 500 {
		for live, prefix := range map[bool]string{false: "sk_test_", true: "sk_live_"} {
			key := NewKey(live)
			rest, ok := strings.CutPrefix(key, prefix)
			if !ok || len(rest) != 43 || !isBase62(rest) {
				t.Fatalf("NewKey(%v) made a key of the wrong form (%d characters)", live, len(key))
			}
			if seen[rest] {
				t.Fatal("a key was made twice")
			}
			seen[rest] = true
		}
	}
}

func TestOnlyWhatHasTheFormOfAKeyIsLookedUp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		NewKey(true):                             true,
		NewKey(false):                            true,
		"sk_test_certflow_dev":                   true,
		"":                                       false,
		"sk_other_" + randomText(24):             false,
		" " + NewKey(true):                       false,
		LiveKeyPrefix + strings.Repeat("a", 192): true,
		LiveKeyPrefix + strings.Repeat("a", 193): false,
	} {
		if got := ValidKey(text); got != want {
			t.Errorf("ValidKey(%q) = %v, want %v", text, got, want)
		}
	}
}
