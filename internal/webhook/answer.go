package webhook

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"
)

const (
	// maxAnswer is how much of an answer is kept, in bytes (CONTRACT §7).
	maxAnswer = 16 * 1024
	// maxCompressed is how much of a compressed answer is read for it.
	maxCompressed = 64 * 1024
)

// readAnswer reads at most 16 kB of an answer, decompressed as it comes, so
// that a small body that unpacks to gigabytes costs no more than any other.
func readAnswer(ctx context.Context, response *http.Response) (string, AnswerNote) {
	var body io.Reader = response.Body
	switch strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding"))) {
	case "", "identity":
	case "gzip", "x-gzip":
		unpacked, err := gzip.NewReader(io.LimitReader(body, maxCompressed))
		if err != nil {
			return "", noteOf(ctx, err)
		}
		body = unpacked
	default:
		return "", AnswerEncoded
	}
	read, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	answer, isCut := storable(read)
	switch {
	case err != nil:
		return answer, noteOf(ctx, err)
	case isCut || len(read) > maxAnswer:
		return answer, AnswerCut
	}
	return answer, ""
}

func noteOf(ctx context.Context, err error) AnswerNote {
	switch {
	// The connection has the same deadline as ctx and may come first.
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return AnswerSlow
	case errors.Is(err, io.EOF):
		// A compressed answer without a body.
		return ""
	}
	return AnswerBroken
}

// storable makes bytes into text for PostgreSQL: NUL and whatever is not UTF-8
// become U+FFFD, which can make it longer, so it is cut afterwards.
func storable(b []byte) (text string, isCut bool) {
	text = strings.ToValidUTF8(strings.ReplaceAll(string(b), "\x00", "\uFFFD"), "\uFFFD")
	if len(text) <= maxAnswer {
		return text, false
	}
	end := maxAnswer
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], true
}
