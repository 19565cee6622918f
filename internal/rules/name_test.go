package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesAreNormalised(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     [][]string
	}{
		{"case and legal suffix", "QUARRY HILL STONE, LLC", [][]string{{"quarry", "hill", "stone"}}},
		{"several suffixes", "Quarry Hill Co., Inc.", [][]string{{"quarry", "hill"}}},
		{"a pointed suffix after an initial", "Building B L.L.C.", [][]string{{"building", "b"}}},
		{"a suffix alone is a name", "Company LLC", [][]string{{"company"}}},
		{"a limited partnership in full", "Quarry Hill Limited Partnership", [][]string{{"quarry", "hill"}}},
		{"an ampersand without spaces", "Finch&Sons", [][]string{{"finch", "and", "sons"}}},
		{"initials pointed, spaced and plain", "A.B. C Corwin", [][]string{{"ab", "c", "corwin"}}},
		{"DBA in its spellings", "Ada Finch d/b/a Quarry Hill D.B.A. Finch Stone dba Hill", [][]string{{"ada", "finch"}, {"quarry", "hill"}, {"finch", "stone"}, {"hill"}}},
		{"DBA after an initial", "Finch, Ada J. D/B/A Quarry Hill", [][]string{{"finch", "ada", "j"}, {"quarry", "hill"}}},
		{"DBA at the beginning is part of the name", "DBA Consulting", [][]string{{"dba", "consulting"}}},
		{"DBA at the end", "Quarry Hill DBA", [][]string{{"quarry", "hill"}}},
		{"letters of other forms", "Ｑｕａｒｒｙ ﬁnch Łódź İzmir", [][]string{{"quarry", "finch", "lodz", "izmir"}}},
		{"signs of trade", "Quarry™ Hill® Stone℠", [][]string{{"quarry", "hill", "stone"}}},
		{"invisible characters", "Quarry\u200b Hi\u00adll\ufeff", [][]string{{"quarry", "hill"}}},
		{"a line break within", "Quarry\nHill", [][]string{{"quarry", "hill"}}},
		{"signs alone", " ,.-!", nil},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, readName(tt.in).parts); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestATextMentionsANameOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, who, text string
		want            mention
	}{
		{"at the beginning", "Quarry Hill", "Quarry Hill is additional insured.", mentioned},
		{"at the end", "Quarry Hill", "Additional insured: Quarry Hill", mentioned},
		{"with the suffix that is asked for missing", "Quarry Hill LLC", "Additional insured: Quarry Hill", mentioned},
		{"over a line break", "Quarry Hill Trust", "Additional insured: Quarry Hill\nTrust and its affiliates", mentioned},
		{"before an address", "Quarry Hill", "Certificate holder: Quarry Hill 12 Elm Street", mentioned},
		{"before its affiliates", "Quarry Hill", "Quarry Hill, its officers and agents are additional insureds.", mentioned},
		{"behind the article", "Quarry Hill", "In favor of the Quarry Hill.", mentioned},
		{"third of three", "Elm Trust", "Quarry Hill LLC, Oak Trust, and Elm Trust are additional insureds.", mentioned},
		{"second of two after a suffix", "Elm Trust", "Quarry Hill LLC and Elm Trust are additional insureds.", mentioned},
		{"in quotation marks", "Quarry Hill", `The insured named "Quarry Hill" is added.`, mentioned},
		{"not at all", "Quarry Hill", "Oak Trust is additional insured.", unmentioned},
		{"within a longer name", "Quarry", "Quarry Hill is additional insured.", unmentioned},
		{"with a word before it that is part of a name", "Hill", "Quarry Hill is additional insured.", unmentioned},
		{"with a word behind it that is part of a name", "Quarry Hill", "Quarry Hill Partners is additional insured.", unmentioned},
		{"over a line break within a longer name", "Quarry", "Additional insured: Quarry\nHill", unmentioned},
		{"as one partner before an ampersand", "Quarry", "Quarry & Hill is additional insured.", unmentioned},
		{"as one partner after and", "Hill", "Quarry and Hill is additional insured.", unmentioned},
		{"divided by a comma", "Quarry Hill", "Work at the quarry, hill side.", unmentioned},
		{"as part of a word", "Quarry", "Quarryman is additional insured.", unmentioned},
		{"within an address of the web", "Quarry", "See quarry.example for terms.", unmentioned},

		{"negated before", "Quarry Hill", "No coverage applies to Quarry Hill.", negated},
		{"negated behind", "Quarry Hill", "Quarry Hill is added, but not as additional insured.", negated},
		{"negated in the sentence before a colon", "Quarry Hill", "The following are not additional insureds: Oak Trust; Quarry Hill.", negated},
		{"neither nor", "Quarry Hill", "Neither Oak Trust nor Quarry Hill is covered.", negated},
		{"with an exception for it", "Quarry Hill", "All owners are additional insureds except Quarry Hill.", negated},
		{"other than it", "Quarry Hill", "Owners other than Quarry Hill are additional insureds.", negated},
		{"former", "Quarry Hill", "Former additional insured: Quarry Hill.", negated},
		{"not applicable", "Quarry Hill", "Certificate holder Quarry Hill. Additional insured: N/A.", negated},
		{"one mention negated and one not", "Quarry Hill", "Quarry Hill is additional insured on auto. Quarry Hill is not covered for pollution.", negated},
		{"in capitals after an abbreviation", "Quarry Hill Co", "QUARRY HILL CO. IS NOT AN ADDITIONAL INSURED", negated},
		{"with a typographic apostrophe", "Quarry Hill", "Quarry Hill isn’t an additional insured.", negated},

		{"negated only in another sentence about something else", "Quarry Hill", "Quarry Hill is additional insured. Flood is not covered here.", mentioned},
		{"with a policy that shall not be cancelled", "Quarry Hill", "Quarry Hill is additional insured and the policy will not be cancelled without 30 days written notice.", mentioned},
		{"with no less than", "Quarry Hill", "Quarry Hill is additional insured for no less than one year.", mentioned},
		{"with a contract number", "Quarry Hill", "Quarry Hill is additional insured per Contract No. A12.", mentioned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := readProse(tt.text).mentions(readName(tt.who)); got != tt.want {
				t.Errorf("%q in %q: %d, want %d", tt.who, tt.text, got, tt.want)
			}
		})
	}
}

func FuzzNames(f *testing.F) {
	f.Add("Finch & Sons, L.L.C. d/b/a Hill", "Finch and Sons", "Finch & Sons is not an additional insured.")
	f.Add("Łódź", "A B", "é\u0301.!? \x00")
	f.Fuzz(func(t *testing.T, a, b, text string) {
		x, y := readName(a), readName(b)
		if len(x.parts) > 0 && !x.matches(x) {
			t.Errorf("%q does not match itself", a)
		}
		if len(x.parts) == 0 && x.matches(y) {
			t.Errorf("%q is no name and matches %q", a, b)
		}
		if x.matches(y) != y.matches(x) {
			t.Errorf("%q and %q match one way only", a, b)
		}
		p := readProse(text)
		if p.mentions(x) == mentioned && len(x.parts) == 0 {
			t.Errorf("%q is no name and is mentioned in %q", a, text)
		}
		last := 0
		for _, s := range p.sentences {
			if s[0] != last || s[1] <= s[0] {
				t.Fatalf("the sentences of %q are %v", text, p.sentences)
			}
			last = s[1]
		}
		if last != len(p.words) {
			t.Errorf("the sentences of %q end at %d of %d words", text, last, len(p.words))
		}
	})
}
