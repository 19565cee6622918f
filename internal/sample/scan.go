package sample

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// writeScan gives sheets as a scanner would: one picture a page and nothing else.
func writeScan(faces *faces, style Style, sheets []*sheet) ([]byte, error) {
	w := &pdf{}
	pages := w.reserve()
	var kids []string
	for i, s := range sheets {
		s.flatten()
		raster := newRaster(faces, style.Scanner)
		picture := raster.draw(s)
		style.Scanner.wear(picture, uint64(i))
		object, err := w.picture(picture, style.Scanner)
		if err != nil {
			return nil, err
		}
		turned, entries := style.Scanner.turned()
		content := w.stream("", []byte(turned+"q 612 0 0 792 0 0 cm /Im Do Q\n"+raster.over(style.Scanner, s, uint64(i))))
		page := w.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R %s /Contents %d 0 R /Resources << /XObject << /Im %d 0 R >> /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>",
			pages, entries, content, object))
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
	}
	w.objects[pages-1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	return w.bytes(w.add(fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pages))), nil
}

func (s Scanner) dpi() int {
	if s.DPI == 0 {
		return 200
	}
	return s.DPI
}

func (s Scanner) quality() int {
	if s.Quality == 0 {
		return 70
	}
	return s.Quality
}

// picture adds a grey image, as JPEG or, for a fax, with one bit a pixel.
func (w *pdf) picture(img *image.Gray, s Scanner) (int, error) {
	b := img.Bounds()
	dict := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray", b.Dx(), b.Dy())
	if s.Fax {
		return w.stream(dict+" /BitsPerComponent 1", pack(img)), nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: s.quality()}); err != nil {
		return 0, fmt.Errorf("compressing the picture of a scan: %w", err)
	}
	return w.raw(dict+" /BitsPerComponent 8 /Filter /DCTDecode", out.Bytes()), nil
}

// pack gives the picture with one bit a pixel, rows padded to whole bytes; 1 is white.
func pack(img *image.Gray) []byte {
	b := img.Bounds()
	row := (b.Dx() + 7) / 8
	out := make([]byte, row*b.Dy())
	for y := range b.Dy() {
		for x := range b.Dx() {
			if img.Pix[y*img.Stride+x] >= 128 {
				out[y*row+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return out
}

// raster draws sheets with black ink on white paper that lies askew in the scanner.
type raster struct {
	faces    *faces
	pen      *vector.Rasterizer
	scale    float64 // pixels per point
	sin, cos float64
	img      *image.Gray
}

func newRaster(faces *faces, s Scanner) *raster {
	k := float64(s.dpi()) / 72
	a := s.Skew * math.Pi / 180
	img := image.NewGray(image.Rect(0, 0, int(pageWidth*k), int(pageHeight*k)))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	return &raster{faces: faces, pen: vector.NewRasterizer(1, 1), scale: k, sin: math.Sin(a), cos: math.Cos(a), img: img}
}

func (r *raster) draw(s *sheet) *image.Gray {
	for _, st := range s.strokes {
		for i := 1; i < len(st.points); i++ {
			r.segment(st.points[i-1], st.points[i], st.width)
		}
	}
	for _, l := range s.lines {
		r.line(l)
	}
	if s.image != nil {
		b := *s.image
		for _, st := range scribble() {
			for i := 1; i < len(st); i++ {
				r.segment([2]float64{b[0] + st[i-1][0], b[1] + st[i-1][1]}, [2]float64{b[0] + st[i][0], b[1] + st[i][1]}, 1)
			}
		}
	}
	return r.img
}

// place turns points of the page into pixels: turned about the middle of the page.
func (r *raster) place(x, y float64) (float64, float64) {
	x, y = x-pageWidth/2, y-pageHeight/2
	return (x*r.cos - y*r.sin + pageWidth/2) * r.scale, (x*r.sin + y*r.cos + pageHeight/2) * r.scale
}

// path is a closed outline in pixels.
type path struct {
	ops    []sfnt.SegmentOp
	points [][2]float64
}

// fill inks a path: the rasteriser is as large as the path only, which keeps a page of small glyphs quick.
func (r *raster) fill(p path, gray float64) {
	if len(p.points) == 0 {
		return
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, q := range p.points {
		x0, y0, x1, y1 = min(x0, q[0]), min(y0, q[1]), max(x1, q[0]), max(y1, q[1])
	}
	left, top := int(math.Floor(x0)), int(math.Floor(y0))
	area := image.Rect(left, top, int(math.Ceil(x1))+1, int(math.Ceil(y1))+1)
	if !area.Overlaps(r.img.Bounds()) {
		return
	}
	r.pen.Reset(area.Dx(), area.Dy())
	next := 0
	take := func() (float32, float32) {
		q := p.points[next]
		next++
		return float32(q[0] - float64(left)), float32(q[1] - float64(top))
	}
	for i, op := range p.ops {
		ax, ay := take()
		switch op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				r.pen.ClosePath()
			}
			r.pen.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			r.pen.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := take()
			r.pen.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := take()
			cx, cy := take()
			r.pen.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.pen.ClosePath()
	r.pen.Draw(r.img, area, image.NewUniform(color.Gray{Y: uint8(gray * 255)}), image.Point{})
}

func (r *raster) line(l line) {
	x, k := l.x, l.size/unitsPerEm
	for _, char := range l.text {
		g := r.faces.glyph(l.face, char)
		var p path
		for _, s := range g.outlines {
			n := map[sfnt.SegmentOp]int{sfnt.SegmentOpMoveTo: 1, sfnt.SegmentOpLineTo: 1, sfnt.SegmentOpQuadTo: 2, sfnt.SegmentOpCubeTo: 3}[s.Op]
			p.ops = append(p.ops, s.Op)
			for _, a := range s.Args[:n] {
				px, py := r.place(x+float64(a.X)/64*k, l.y+float64(a.Y)/64*k)
				p.points = append(p.points, [2]float64{px, py})
			}
		}
		r.fill(p, l.gray)
		x += g.advance*k + l.spacing
	}
}

// segment inks a straight line of the width in points.
func (r *raster) segment(a, b [2]float64, width float64) {
	ax, ay := r.place(a[0], a[1])
	bx, by := r.place(b[0], b[1])
	length := math.Hypot(bx-ax, by-ay)
	if length == 0 {
		return
	}
	half := max(width*r.scale/2, 0.5)
	nx, ny := -(by-ay)/length*half, (bx-ax)/length*half
	r.fill(path{
		ops:    []sfnt.SegmentOp{sfnt.SegmentOpMoveTo, sfnt.SegmentOpLineTo, sfnt.SegmentOpLineTo, sfnt.SegmentOpLineTo},
		points: [][2]float64{{ax + nx, ay + ny}, {bx + nx, by + ny}, {bx - nx, by - ny}, {ax - nx, ay - ny}},
	}, 0)
}

// wear adds what paper, glass and telephone lines do to a picture.
func (s Scanner) wear(img *image.Gray, page uint64) {
	random := rand.New(rand.NewPCG(s.Seed, page))
	for range int(s.Blur) {
		soften(img)
	}
	specks := int(s.Noise * float64(len(img.Pix)))
	for range specks {
		at := random.IntN(len(img.Pix))
		if random.IntN(4) > 0 {
			img.Pix[at] = uint8(random.IntN(160))
		} else {
			img.Pix[at] = 255
		}
	}
	if s.Fax {
		for i, v := range img.Pix {
			img.Pix[i] = 0
			if v >= 150 {
				img.Pix[i] = 255
			}
		}
	}
}

// soften blurs by one pixel.
func soften(img *image.Gray) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	from := bytes.Clone(img.Pix)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			at := y*img.Stride + x
			sum := 4*int(from[at]) + int(from[at-1]) + int(from[at+1]) + int(from[at-img.Stride]) + int(from[at+img.Stride])
			img.Pix[at] = uint8(sum / 8)
		}
	}
}

// signature adds the picture of a scribble, black on white, 200 × 44 pixels.
func (d *document) signature() int {
	r := &raster{faces: d.faces, pen: vector.NewRasterizer(1, 1), scale: 2, cos: 1, img: image.NewGray(image.Rect(0, 0, 200, 44))}
	draw.Draw(r.img, r.img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for _, st := range scribble() {
		for i := 1; i < len(st); i++ {
			r.segment(st[i-1], st[i], 1)
		}
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(r.img.Pix) // a bytes.Buffer takes everything
	z.Close()
	return d.raw("/Type /XObject /Subtype /Image /Width 200 /Height 44 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", packed.Bytes())
}
