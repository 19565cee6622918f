package sample

import (
	"fmt"
	"math/rand/v2"

	"certflow/internal/certificate"
)

// Topic is a sort of document that is no certificate of liability insurance but may be uploaded as one.
type Topic string

// The topics of Unrelated.
const (
	Invoice          Topic = "invoice"
	PropertyEvidence Topic = "property"     // evidence of property insurance, ACORD 28
	Declarations     Topic = "declarations" // of a liability policy, by its insurer
	TaxForm          Topic = "tax"
	Blank            Topic = "blank"
)

// Topics lists what Unrelated draws.
func Topics() []Topic { return []Topic{Invoice, PropertyEvidence, Declarations, TaxForm, Blank} }

// Unrelated draws a document of the topic; its names and amounts follow from the seed.
func Unrelated(topic Topic, seed uint64, today certificate.Date, kind Kind) ([]byte, error) {
	faces, err := loadFaces()
	if err != nil {
		return nil, err
	}
	style := Style{Scanner: Scanner{Skew: 0.4, Noise: 0.0005, Seed: seed}}
	s := &sheet{faces: faces, style: style}
	w := words{Rand: rand.New(rand.NewPCG(seed, 28))}
	title, lines := "", [][2]string(nil)
	until := certificate.DateOf(today.Time().AddDate(1, 0, 0))
	switch topic {
	case Invoice:
		title = "INVOICE"
		lines = [][2]string{
			{"Invoice number", "INV-" + w.digits(5)}, {"Date", today.String()}, {"Due", today.AddDays(30).String()},
			{"From", w.firm()}, {"", w.address()}, {"Bill to", w.owner()}, {"", w.address()}, {"", ""},
			{"Description", "Amount"}, {"Framing labour, 120 hours", "$9,600.00"}, {"Lumber and fasteners", "$4,310.00"},
			{"Liability insurance surcharge", "$250.00"}, {"Delivery", "$180.00"}, {"", ""}, {"Total", "$14,340.00"},
			{"", "Payment is due within 30 days. Certificates of insurance on request."},
		}
	case PropertyEvidence:
		title = "EVIDENCE OF COMMERCIAL PROPERTY INSURANCE"
		lines = [][2]string{
			{"DATE (MM/DD/YYYY)", today.String()}, {"PRODUCER", w.agency()}, {"", w.address()}, {"COMPANY", w.carrier()},
			{"NAMED INSURED", w.firm()}, {"", w.address()}, {"POLICY NUMBER", w.policyNumber("CP")}, {"EFFECTIVE DATE", today.String()},
			{"EXPIRATION DATE", until.String()}, {"PERILS INSURED", "SPECIAL"}, {"COMMERCIAL PROPERTY COVERAGE", "$ 4,250,000"},
			{"DEDUCTIBLE", "$ 5,000"}, {"BUSINESS INCOME", "$ 750,000"}, {"ADDITIONAL INTEREST", w.owner()}, {"", ""}, {"ACORD 28 (2016/03)", ""},
		}
	case Declarations:
		title = "COMMERCIAL GENERAL LIABILITY COVERAGE PART DECLARATIONS"
		lines = [][2]string{
			{"Policy Number", w.policyNumber("GL")}, {"Named Insured", w.firm()}, {"Mailing Address", w.address()},
			{"Policy Period", today.String() + " to " + until.String()}, {"Each Occurrence Limit", "$1,000,000"},
			{"General Aggregate Limit", "$2,000,000"}, {"Personal & Advertising Injury Limit", "$1,000,000"}, {"Premium", "$8,412.00"},
			{"Forms and Endorsements", "CG 00 01, CG 20 10, CG 21 47"}, {"Company", w.carrier()},
		}
	case TaxForm:
		title = "REQUEST FOR TAXPAYER IDENTIFICATION"
		lines = [][2]string{
			{"Name", w.person()}, {"Business name", w.firm()}, {"Address", w.address()}, {"Classification", "Limited liability company"},
			{"Signature", w.person()}, {"Date", today.String()},
		}
	case Blank:
		title = ""
	default:
		return nil, fmt.Errorf("drawing a document that is no certificate: no topic %q", topic)
	}
	s.label(60, 80, 15, true, 480, title)
	y := 120.0
	for _, l := range lines {
		s.label(60, y, 9.5, true, 220, l[0])
		s.label(260, y, 9.5, false, 300, l[1])
		y += 20
	}
	return render(kind, faces, style, []*sheet{s})
}
