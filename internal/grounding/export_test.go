package grounding

import (
	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Probe grounds single values as if they stood at paths of a certificate.
type Probe struct{ g *ground }

// NewProbe makes a Probe.
func NewProbe(c *certificate.Certificate, pages []page.Page) Probe { return Probe{newGround(c, pages)} }

// At grounds one value.
func (p Probe) At(path string, value any) certificate.Evidence {
	return p.g.find(path, value).evidence()
}
