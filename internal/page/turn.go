package page

import "certflow/internal/certificate"

// Displayed is where a box of the turned page lies on the page as it is displayed.
func (p *Page) Displayed(b certificate.Box) certificate.Box {
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
