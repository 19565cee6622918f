package page

import (
	"math"

	"certflow/internal/certificate"
)

// Displayed is where a box of the turned and straightened page lies on the page as it is displayed.
func (p *Page) Displayed(b certificate.Box) certificate.Box {
	if p.Skew != 0 {
		b = p.crooked(b)
	}
	switch p.Turn {
	case 90: // the turned page's left edge is the displayed page's bottom
		return certificate.Box{b[1], p.Width - b[2], b[3], p.Width - b[0]}
	case 180:
		return certificate.Box{p.Width - b[2], p.Height - b[3], p.Width - b[0], p.Height - b[1]}
	case 270:
		return certificate.Box{p.Height - b[3], b[0], p.Height - b[1], b[2]}
	}
	return b
}

// crooked moves a box with its centre to where it lies on the crooked scan. Its size stays: it is a word's.
func (p *Page) crooked(b certificate.Box) certificate.Box {
	sin, cos := math.Sincos(p.Skew * math.Pi / 180)
	x, y := (b[0]+b[2]-p.Width)/2, (b[1]+b[3]-p.Height)/2
	dx, dy := x*cos-y*sin-x, x*sin+y*cos-y
	return certificate.Box{b[0] + dx, b[1] + dy, b[2] + dx, b[3] + dy}
}
