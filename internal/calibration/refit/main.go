// Command refit makes the table of package calibration anew from the samples that `certflow eval --samples FILE` collected, and says what
// the table is worth for documents that it was not made of. CONTRIBUTING.md says how it is used.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"

	"certflow/internal/calibration"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: refit SAMPLES [earned.go]")
		os.Exit(2)
	}
	if err := refit(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "refit:", err)
		os.Exit(1)
	}
}

func refit(from string, to []string) error {
	samples, err := read(from)
	if err != nil {
		return err
	}
	documents := map[string]bool{}
	for _, s := range samples {
		documents[s.Document] = true
	}
	table := calibration.Fit(samples)
	source, err := format.Source(fmt.Appendf(nil, layout, len(samples), len(documents), table.Literal()))
	if err != nil {
		return fmt.Errorf("write the table as Go: %w", err)
	}
	say("of the documents that the table was made of", table.Try(samples))
	say("of others (a tenth left out, ten times)", calibration.CrossValidate(samples))
	if len(to) == 0 {
		_, err = os.Stdout.Write(source)
		return err
	}
	return os.WriteFile(to[0], source, 0o644)
}

func say(values string, t calibration.Trial) {
	fmt.Fprintf(os.Stderr, "judged values %s: %d right, of which %d unsure (%d by their scores alone); %d wrong, of which %d sure\n",
		values, t.Right, t.Unsure, t.UnsureScores, t.Wrong, t.SureAndWrong)
}

// layout is earned.go: the numbers of values and documents, and the table.
const layout = `package calibration

import "certflow/internal/certificate"

// Earned is what became of the scores of the layout reader: %d values of %d documents. It is made by internal/calibration/refit and not
// by hand. A range is {lowest score, values read with such scores, right ones of these, documents that held them}.
func Earned() Table {
	return Table{
		%s
	}
}
`

func read(name string) ([]calibration.Sample, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []calibration.Sample
	for decoder := json.NewDecoder(f); ; {
		var s calibration.Sample
		err := decoder.Decode(&s)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		out = append(out, s)
	}
}
