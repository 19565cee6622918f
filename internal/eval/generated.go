package eval

import (
	"fmt"

	"certflow/internal/certificate"
	"certflow/internal/sample"
)

// Generated gives cases that the project draws itself, the same ones for a seed: n certificates, each as text and, where
// the official form can hold it, as form; scans further ones as they are copied in the world, as pictures, outlines and values over a
// picture of the form; and with every twenty certificates a document that is none.
func Generated(seed uint64, n, scans int, today certificate.Date) []Case {
	var cases []Case
	for i := range n {
		s := sample.Random(seed+uint64(i), today)
		cases = append(cases, drawn(s, seed+uint64(i), sample.Text))
		if s.FitsForm() {
			cases = append(cases, drawn(s, seed+uint64(i), sample.Form))
		}
		if i%20 == 19 {
			cases = append(cases, unrelated(sample.Topics()[i/20%len(sample.Topics())], seed+uint64(i), today))
		}
	}
	for i := range scans {
		at := seed + uint64(n+i)
		s, kind := sample.Random(at, today).Copied(at)
		cases = append(cases, drawn(s, at, kind))
	}
	return cases
}

func drawn(s sample.Sample, seed uint64, kind sample.Kind) Case {
	name := fmt.Sprintf("generated-%d-%s.pdf", seed, kind)
	if s.Style.Layout != sample.Standard {
		name = fmt.Sprintf("generated-%d-%s-%s.pdf", seed, kind, s.Style.Layout)
	}
	return Case{
		Name: name, Kind: kindOf(kind), Pages: min(analysed, s.Pages()),
		Expected: Expected{Certificate: s.Certificate, Open: openOf(s)},
		Open:     func() ([]byte, error) { return s.Draw(kind) },
	}
}

// openOf names what a layout other than the official form leaves to taste: what the form is called.
func openOf(s sample.Sample) []string {
	if s.Style.Layout == sample.Standard {
		return nil
	}
	return []string{"form"}
}

func unrelated(topic sample.Topic, seed uint64, today certificate.Date) Case {
	refused := certificate.NotACertificate
	if topic == sample.Blank {
		refused = certificate.Unreadable
	}
	return Case{
		Name: fmt.Sprintf("generated-%d-%s.pdf", seed, topic), Kind: Text, Pages: 1, Expected: Expected{Refused: refused},
		Open: func() ([]byte, error) { return sample.Unrelated(topic, seed, today, sample.Text) },
	}
}

func kindOf(kind sample.Kind) Kind {
	switch kind {
	case sample.Form:
		return Form
	case sample.Text:
		return Text
	}
	return Scan
}
