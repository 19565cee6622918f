package schema

import (
	"github.com/uptrace/bun/dialect/pgdialect"
)

// dialect is bun's with another way to write JSON. What clients and their PDFs say may hold a NUL, which jsonb does not take, and the
// six characters of its escape as plain text, of which bun makes one: either would make a row that can never be written.
type dialect struct {
	*pgdialect.Dialect
}

// AppendJSON appends JSON as a string literal without the NULs that its texts hold.
func (d dialect) AppendJSON(b, json []byte) []byte {
	const nul = `\u0000`
	b = append(b, '\'')
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '\'':
			b = append(b, "''"...)
		case c == 0:
		case c != '\\':
			b = append(b, c)
		case len(json)-i >= len(nul) && string(json[i:i+len(nul)]) == nul:
			i += len(nul) - 1
		case i+1 < len(json) && json[i+1] == '\\':
			b = append(b, `\\`...)
			i++
		default:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}
