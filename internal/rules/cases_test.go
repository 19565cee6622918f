package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"certflow/internal/certificate"
	"certflow/internal/rules"
)

var update = flag.Bool("update", false, "rewrite the verdicts of testdata/cases")

// newJudge makes a Judge for a test.
func newJudge(t testing.TB) *rules.Judge {
	t.Helper()
	j, err := rules.NewJudge(256)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestCases judges every case of testdata/cases. A case is a txtar file: a sentence that says what must hold, then what
// differs from testdata/base.json (certificate, evidence, contractor and settings as JSON merge patches, today as a date),
// the rules, and the verdict. The base's evidence has every value on page 1 with confidence 0.99.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases", len(files))
	const fewest = 120
	if len(files) < fewest {
		t.Errorf("there are %d cases, want at least %d", len(files), fewest)
	}
	judge := newJudge(t)
	sentences := map[string]string{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sentence := strings.TrimSpace(string(archive.Comment))
		if other, twice := sentences[sentence]; twice || !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s begins with %q, which is no sentence or also that of %q", file, sentence, other)
		}
		sentences[sentence] = file
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			in := readCase(t, archive)
			if faults := judge.Validate(in.Requirement.Rules); len(faults) > 0 {
				t.Fatalf("the rules are not sound: %v", faults)
			}
			got := describe(judge.Evaluate(in))
			if *update {
				writeVerdict(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(strings.Split(section(archive, "verdict"), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s\nverdict (-want +got):\n%s", sentence, diff)
			}
		})
	}
}

// base is what a case differs from.
type base struct {
	Certificate json.RawMessage `json:"certificate"`
	Contractor  json.RawMessage `json:"contractor"`
	Settings    json.RawMessage `json:"settings"`
	Today       string          `json:"today"`
}

// readCase builds the input of a case.
func readCase(t testing.TB, archive *txtar.Archive) rules.Input {
	t.Helper()
	data, err := os.ReadFile("testdata/base.json")
	if err != nil {
		t.Fatal(err)
	}
	var b base
	decode(t, "base.json", data, &b)
	var in rules.Input
	decode(t, "certificate", patched(t, b.Certificate, section(archive, "certificate")), &in.Certificate)
	decode(t, "contractor", patched(t, b.Contractor, section(archive, "contractor")), &in.Contractor)
	decode(t, "settings", patched(t, b.Settings, section(archive, "settings")), &in.Settings)
	today := b.Today
	if s := strings.TrimSpace(section(archive, "today")); s != "" {
		today = s
	}
	if in.Today, err = certificate.ParseDate(today); err != nil {
		t.Fatal(err)
	}
	decode(t, "evidence", patched(t, encode(t, evidenceOf(&in.Certificate)), section(archive, "evidence")), &in.Evidence)
	parsed, faults := rules.Decode([]byte(section(archive, "rules")))
	if len(faults) > 0 {
		t.Fatalf("the rules cannot be decoded: %v", faults)
	}
	in.Requirement = rules.Requirement{ID: "req_0123456789", Version: 1, Rules: parsed}
	return in
}

// evidenceOf has every value of a certificate stand on page 1, read with confidence 0.99.
func evidenceOf(c *certificate.Certificate) map[string]certificate.Evidence {
	evidence := map[string]certificate.Evidence{}
	certificate.Walk(c, func(path string, value any) {
		evidence[path] = certificate.Evidence{Page: 1, Box: certificate.Box{36, 72, 144, 84}, Text: fmt.Sprint(value), Confidence: 0.99, Source: certificate.Text}
	})
	return evidence
}

// patched applies a JSON merge patch (RFC 7396); an empty patch changes nothing.
func patched(t testing.TB, data []byte, patch string) []byte {
	t.Helper()
	if strings.TrimSpace(patch) == "" {
		return data
	}
	var target, change any
	decode(t, "the target of a patch", data, &target)
	decode(t, "a patch", []byte(patch), &change)
	return encode(t, merge(target, change))
}

func merge(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, ok := target.(map[string]any)
	if !ok {
		out = map[string]any{}
	}
	for k, v := range changes {
		if v == nil {
			delete(out, k)
		} else {
			out[k] = merge(out[k], v)
		}
	}
	return out
}

func decode(t testing.TB, what string, data []byte, into any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("decode %s: %v", what, err)
	}
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func section(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// describe writes a verdict for people.
func describe(v rules.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", v.Status)
	for _, r := range v.Results {
		fmt.Fprintf(&b, "\n%s: %s\n%s\n", r.Result, r.RuleName, strings.NewReplacer(". Found: ", ".\nFound: ", ". Ask the", ".\nAsk the", ". Look ", ".\nLook ").Replace(r.Message))
		if r.Confidence != nil {
			fmt.Fprintf(&b, "Confidence %g on %s\n", *r.Confidence, strings.Join(r.EvidencePaths, ", "))
		} else if len(r.EvidencePaths) > 0 {
			fmt.Fprintf(&b, "No confidence on %s\n", strings.Join(r.EvidencePaths, ", "))
		}
	}
	return b.String()
}

func writeVerdict(t *testing.T, file string, archive *txtar.Archive, verdict string) {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if f.Name != "verdict" {
			out.Files = append(out.Files, f)
		}
	}
	out.Files = append(out.Files, txtar.File{Name: "verdict", Data: []byte(verdict)})
	if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
		t.Fatal(err)
	}
}
