package document

import "encoding/binary"

// tiff is the images as one TIFF file of several pages, grey and not compressed: tesseract reads each as a page of its own, all
// in one run.
func tiff(pages []*bitmap) []byte {
	const entries = 9
	out := []byte{'I', 'I', 42, 0, 8, 0, 0, 0}
	le := binary.LittleEndian
	for i, m := range pages {
		at := uint32(len(out))
		resolution := at + 2 + entries*12 + 4
		pixels := resolution + 8
		next := pixels + uint32(len(m.pix)+len(m.pix)%2)
		if i == len(pages)-1 {
			next = 0
		}
		out = le.AppendUint16(out, entries)
		entry := func(tag, kind uint16, value uint32) {
			out = le.AppendUint16(out, tag)
			out = le.AppendUint16(out, kind)
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, value)
		}
		const short, long, rational = 3, 4, 5
		entry(256, long, uint32(m.width))
		entry(257, long, uint32(m.height))
		entry(258, short, 8) // bits per sample
		entry(259, short, 1) // no compression
		entry(262, short, 1) // black is zero
		entry(273, long, pixels)
		entry(278, long, uint32(m.height)) // one strip
		entry(279, long, uint32(len(m.pix)))
		entry(282, rational, resolution)
		out = le.AppendUint32(out, next)
		out = le.AppendUint32(out, 300)
		out = le.AppendUint32(out, 1)
		out = append(out, m.pix...)
		if len(m.pix)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out
}
