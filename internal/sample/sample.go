// Package sample draws certificates of liability insurance whose truth is known: the certificates of the demo and of
// the documentation, and any number of random ones for tests and measurements. The drawing is the project's own; it
// places the labels, rows and columns where the forms of the trade have them, because those are what a reader looks for.
// Everything is a function of its arguments: the same sample draws the same bytes.
package sample

//go:generate go run ./write ../../examples/certificates

import (
	"fmt"

	"certflow/internal/certificate"
)

// Sample is one certificate to be drawn. Certificate is the truth that a reader should find, Printed and Extras are
// what else stands on the paper.
type Sample struct {
	Certificate certificate.Certificate
	// Printed holds words that are printed in place of the value, by its dotted path (CONTRACT §3): "Included" where
	// the truth is null, or an amount in an unusual form.
	Printed map[string]string
	Extras  Extras
	Style   Style
}

// Extras are parts of the form that a Certificate has no place for.
type Extras struct {
	ContactName, Phone, Fax, Email string
	Revision                       string
	AggregatePer                   string // policy, project or location; empty ticks none
	Unticked                       bool   // no tick box in the column "Type of insurance" is marked
	Signature                      Signature
	SignedBy                       string
	HolderNote                     string             // a line under the holder's address, such as a phone number
	Spare                          map[Row]SpareLimit // what is written on the empty limit line of a row
	Notes                          []Note
	Cover                          bool // a letter stands before the certificate
	Remarks                        bool // a page of additional remarks, ACORD 101, follows it
}

// Row is a row of the official form that has an empty line for one more limit.
type Row string

// The rows with a line to spare.
const (
	GeneralRow  Row = "general"
	AutoRow     Row = "automobile"
	UmbrellaRow Row = "umbrella"
)

// SpareLimit is a limit that the form does not know, such as "Employee Benefits" of $1,000,000.
type SpareLimit struct {
	Label, Amount string
}

// Note is a line of text anywhere on the page, X and Y in points from the top left to the baseline.
type Note struct {
	Text string
	X, Y float64
	Size float64 // of the type in points
	Gray float64 // 0 is black, 1 the white of the paper
}

// Signature is how the box "Authorized representative" is filled.
type Signature string

// The signatures that are drawn.
const (
	Unsigned    Signature = ""
	TypedName   Signature = "typed"
	PenStrokes  Signature = "strokes"
	SignedImage Signature = "image"
)

// Kind is the sort of PDF that a sample is drawn as.
type Kind string

// The kinds of PDF.
const (
	Form     Kind = "form"     // an interactive form with the official field names
	Text     Kind = "text"     // positioned text
	Scan     Kind = "scan"     // one skewed and noisy picture at 200 dpi, without text
	Outlines Kind = "outlines" // text drawn as paths, as some printer drivers do
	Overlay  Kind = "overlay"  // a picture of the empty form, and what is filled in as text over it
)

// Draw gives the sample as a PDF: one page, and those that Extras put around it. It fails for a kind that the sample's layout or its rows do not fit; FitsForm
// tells.
func (s Sample) Draw(kind Kind) ([]byte, error) {
	return Join(kind, s)
}

// Join gives several samples as the pages of one PDF, in the style of the first. There is only one form in a file.
func Join(kind Kind, samples ...Sample) ([]byte, error) {
	faces, err := loadFaces()
	if err != nil {
		return nil, err
	}
	if len(samples) == 0 || kind == Form && len(samples) > 1 {
		return nil, fmt.Errorf("drawing %d certificates as %s: one is expected", len(samples), kind)
	}
	sheets := make([]*sheet, 0, len(samples))
	for _, s := range samples {
		if kind == Form && !s.FitsForm() {
			return nil, fmt.Errorf("drawing a certificate as %s: layout %q with its rows has no form", kind, s.Style.Layout)
		}
		if s.Extras.Cover {
			sheets = append(sheets, layCover(s, faces))
		}
		sheets = append(sheets, s.lay(faces))
		if s.Extras.Remarks {
			sheets = append(sheets, layRemarks(s, faces))
		}
	}
	return render(kind, faces, samples[0].Style, sheets)
}

// Pages is how many pages Draw gives.
func (s Sample) Pages() int {
	n := 1
	if s.Extras.Cover {
		n++
	}
	if s.Extras.Remarks {
		n++
	}
	return n
}

// FitsForm reports whether the sample can be drawn as a form: the official form has one layout and one free row.
func (s Sample) FitsForm() bool {
	return s.Style.Layout == Standard && len(freeRows(s.Certificate.Coverages)) <= 1
}

func (s Sample) lay(faces *faces) *sheet {
	if s.Style.Layout == Plain {
		return layPlain(s, faces)
	}
	return layTable(s, faces)
}

func render(kind Kind, faces *faces, style Style, sheets []*sheet) ([]byte, error) {
	switch kind {
	case Form, Text, Outlines, Overlay:
		return writePDF(kind, faces, style, sheets)
	case Scan:
		return writeScan(faces, style, sheets)
	}
	return nil, fmt.Errorf("drawing a certificate: no kind %q", kind)
}
