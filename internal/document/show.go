package document

import (
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Render modes of ISO 32000-1 table 106 that leave no ink.
const (
	invisibleMode = 3
	firstClipMode = 4
	clipOnlyMode  = 7
)

// tiny is the height of type in points below which nobody reads it.
const tiny = 2.0

// show paints the characters of one string and moves the text matrix behind it.
func (in *interpreter) show(g *graphics, text *matrix, s []byte, resources types.Dict, depth int) error {
	if g.font == nil {
		g.font = in.f.fallbackFont()
	}
	f := g.font
	trm := text.mul(g.ctm)
	if !trm.finite() || math.IsNaN(g.size) {
		return nil
	}
	// The direction of the baseline and the height of the type do not change within a string.
	base := math.Hypot(trm[0], trm[1])
	across := math.Hypot(trm[2], trm[3])
	size := math.Abs(g.size) * across
	heading := math.Atan2(trm[1]*g.size, trm[0]*g.size)
	angle := int16(math.Round(heading * 180 / math.Pi))
	if angle == -180 {
		angle = 180
	}
	ink, alpha := g.fill, g.fillAlpha
	if g.mode == 1 || g.mode == 5 {
		ink, alpha = g.stroke, g.strokeAlpha
	}
	alpha *= g.group.alpha
	unsure := g.unsure() || !ink.told() || f.drawn
	unseen := g.mode == invisibleMode || g.mode == clipOnlyMode || in.off > 0 || alpha < 0.1 ||
		size < tiny || math.Abs(g.size)*base*math.Abs(g.scale) < tiny/2
	in.out.order++
	for len(s) > 0 {
		ch, n := f.decode(s)
		width := ch.width * g.size * g.scale
		extra := g.spacing
		if n == 1 && s[0] == ' ' {
			extra += g.words
		}
		s = s[n:]
		if in.operators++; in.operators > maxOperators || len(in.out.glyphs) >= maxGlyphs {
			return errTooMuch
		}
		if ch.text != "" {
			origin := trm.apply(0, g.rise)
			gl := glyph{
				text:   ch.text,
				origin: origin,
				end:    trm.apply(width, g.rise),
				box:    around(trm.apply(0, g.rise+f.descent*g.size)),
				size:   size,
				angle:  angle,
				extra:  g.spacing * g.scale * base,
				light:  1 - (1-ink.light)*clamp01(alpha), // over paper
				order:  in.out.order,
				font:   f,
				unseen: unseen,
				unsure: unsure,
				placed: in.placed,
			}
			in.placed = false
			gl.box = gl.box.add(trm.apply(width, g.rise+f.descent*g.size)).
				add(trm.apply(0, g.rise+f.ascent*g.size)).add(trm.apply(width, g.rise+f.ascent*g.size))
			if !unseen {
				gl.ink = gl.box.intersect(g.clip)
			}
			if !g.clip.grow(0.5).contains(gl.box.center()) {
				gl.unseen = true
			}
			in.out.glyphs = append(in.out.glyphs, gl)
		}
		move := matrix{1, 0, 0, 1, width + extra*g.scale, 0}
		*text = move.mul(*text)
		trm = move.mul(trm)
	}
	return nil
}
