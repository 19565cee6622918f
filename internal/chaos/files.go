package chaos

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/sample"
)

// Want is the verdict that a file deserves.
type Want struct {
	Status string   // approved, flagged or error
	Error  string   // the code, where the status is error
	Failed []string // rules that fail, in the order of the requirement
}

// File is a PDF that a client sends. Its name and its bytes are its own, so that it is known wherever it turns up.
type File struct {
	Name   string
	SHA256 string // in hex
	Size   int64
	Want   Want

	pdf []byte
}

// nameRule is the rule that a contractor without a name fails, the last of sample.DemoRequirement.
const nameRule = "Insured Name"

// drawer draws files whose verdicts are known.
type drawer struct {
	random *rand.Rand
	all    []sample.File // the more often a sample stands here, the more often it is drawn
}

// weights say how often samples are sent, one where nothing is said: words that have to be recognised on a picture take seconds of a core.
func weights() map[string]int {
	return map[string]int{"approved.pdf": 12, "form.pdf": 6, "flagged-limit.pdf": 8, "flagged-expired.pdf": 6, "not-a-certificate.pdf": 3, "two-certificates.pdf": 2,
		"truncated.pdf": 3, "password.pdf": 3}
}

func newDrawer(random *rand.Rand) (*drawer, error) {
	samples, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		return nil, fmt.Errorf("draw the samples: %w", err)
	}
	d := &drawer{random: random}
	for _, s := range samples {
		for range max(1, weights()[s.Name]) {
			d.all = append(d.all, s)
		}
	}
	return d, nil
}

// draw gives a file of that name, for a contractor with the insured's name or for one without any.
func (d *drawer) draw(name string, named bool) File {
	s := d.all[d.random.IntN(len(d.all))]
	f := File{Name: name + "-" + s.Name, Want: Want{Status: s.WantStatus, Error: s.WantError, Failed: slices.Clone(s.WantFailed)}}
	if !named && s.WantStatus != "error" {
		f.Want.Status, f.Want.Failed = "flagged", append(f.Want.Failed, nameRule)
	}
	// What follows the end of a PDF says nothing.
	f.pdf = append(slices.Clone(s.PDF), "\n%"+f.Name+"\n"...)
	sum := sha256.Sum256(f.pdf)
	f.SHA256, f.Size = hex.EncodeToString(sum[:]), int64(len(f.pdf))
	return f
}
