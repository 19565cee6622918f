package eval

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// named is how many documents are listed one by one; of more, only those with faults are.
const named = 60

// Print writes the report as tables.
func (r Report) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	const columns = "\tright\twrong\tmissing\tinvented\tshare\t|\tright\twrong\tmissing\tinvented\tsure+wrong\tunsure+right\tms/page\t"
	fmt.Fprintln(w, "document\tall fields:"+columns)
	for _, f := range r.Files {
		if len(r.Files) <= named || f.Mistaken != "" || len(f.Faults) > 0 {
			fmt.Fprintf(w, "%s\t%s\t%s\n", short(f.Name), f.Kind, f.Total.row())
		}
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t")
	for _, k := range []Kind{Form, Text, Scan} {
		if t, ok := r.Kinds[k]; ok {
			fmt.Fprintf(w, "%s\t%d documents\t%s\n", strings.ToUpper(string(k)), t.Documents, t.row())
		}
	}
	fmt.Fprintf(w, "ALL\t%d documents\t%s\n", r.All.Documents, r.All.row())
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nLeft of the bar every field, right of it those that rules judge; \"sure\" is a confidence of at least %.2f.\n", r.Confidence)
	if err := r.printReliability(out); err != nil {
		return err
	}
	return r.printFaults(out)
}

func (t Total) row() string {
	f, j := t.Fields, t.Judged
	return fmt.Sprintf("%d\t%d\t%d\t%d\t%.1f %%\t|\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f\t", f.Right, f.Wrong, f.Missing, f.Invented, 100*f.Share(), j.Right, j.Wrong, j.Missing, j.Invented, t.Sure, t.Unsure, t.perPage())
}

// short keeps the end of a long name, which tells files apart.
func short(name string) string {
	if chars := []rune(name); len(chars) > 48 {
		return "…" + string(chars[len(chars)-47:])
	}
	return name
}

func (r Report) printReliability(out io.Writer) error {
	fmt.Fprintln(out, "\nWhat confidence is worth: of the values that were read with it, the share that is right.")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "source\tconfidence\tvalues\tright\tshare\tmean confidence\t")
	for _, s := range append([]Reliability{{"all", r.Reliability}}, r.Sources...) {
		for _, b := range s.Bins {
			if b.All > 0 {
				fmt.Fprintf(w, "%s\t%.2f–%.2f\t%d\t%d\t%.2f %%\t%.3f\t\n", s.Source, b.From, b.To, b.All, b.Right, 100*float64(b.Right)/float64(b.All), b.Mean)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Confidence is a lower bound: in no range of at least %d values does it exceed the share that is right by more than %.3f.\n", telling, r.Overconfident())
	return err
}

func (r Report) printFaults(out io.Writer) error {
	first := true
	for _, f := range r.Files {
		if f.Mistaken == "" && len(f.Faults) == 0 {
			continue
		}
		if first {
			fmt.Fprintln(out, "\nWhat is not right:")
			first = false
		}
		fmt.Fprintf(out, "%s (%s)\n", f.Name, f.Kind)
		if f.Mistaken != "" {
			fmt.Fprintf(out, "  the document was %s\n", f.Mistaken)
		}
		for _, found := range f.Faults {
			mark := " "
			if found.Judged && found.Verdict != Missing && found.Confidence >= r.Confidence {
				mark = "!"
			}
			if _, err := fmt.Fprintf(out, "%s %-8s %s: want %q, got %q, confidence %.2f, printed %q\n", mark, found.Verdict, found.Path, found.Want, found.Got, found.Confidence, found.Printed); err != nil {
				return err
			}
		}
	}
	return nil
}
