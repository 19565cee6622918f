package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"certflow/internal/certificate"
)

// The bounds of drawing one page. Pictures of this size are what models look at; larger ones are scaled down by their servers.
const (
	longestSide = 1600       // pixels
	drawTime    = 60         // seconds
	drawMemory  = 1024 << 10 // KiB of address space
	maxPicture  = 8 << 20    // bytes
)

// Pdftoppm draws pages with poppler's pdftoppm, in a process of its own with bounded memory and time: a document is not to be
// trusted. It is a Draw.
func Pdftoppm(ctx context.Context, pdf []byte, pages int) ([][]byte, error) {
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil, &certificate.Unavailable{Message: "pdftoppm is not installed: install the package poppler-utils.", Cause: err}
	}
	limited, cancel := context.WithTimeout(ctx, drawTime*time.Second)
	defer cancel()
	out := make([][]byte, 0, pages)
	for n := 1; n <= pages; n++ {
		// The shell sets the limits that the program keeps: Go cannot set them for a child alone. Where a limit is not known, such as
		// memory on macOS, the others hold.
		cmd := exec.CommandContext(limited, "/bin/sh", "-c", `ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; shift 2; exec "$@"`, "sh",
			strconv.Itoa(drawMemory), strconv.Itoa(drawTime),
			program, "-png", "-q", "-singlefile", "-f", strconv.Itoa(n), "-l", strconv.Itoa(n), "-scale-to", strconv.Itoa(longestSide), "-")
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
		cmd.Dir = os.TempDir()
		cmd.WaitDelay = time.Second
		cmd.Stdin = bytes.NewReader(pdf)
		picture := &picture{}
		cmd.Stdout = picture
		if err := cmd.Run(); err != nil {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("draw page %d: %w", n, ctx.Err())
			}
			return nil, &certificate.Refusal{Code: certificate.Unreadable,
				Message: "The pages of this document could not be drawn for the language model. Upload another copy of the certificate, such as one printed anew to PDF."}
		}
		out = append(out, picture.Bytes())
	}
	return out, nil
}

var errPicture = errors.New("the picture of a page is too large")

// picture is a buffer for one picture.
type picture struct{ bytes.Buffer }

// Write implements io.Writer. It fails, which ends the program, once a picture is larger than any of its size can be.
func (p *picture) Write(b []byte) (int, error) {
	if p.Len()+len(b) > maxPicture {
		return 0, errPicture
	}
	return p.Buffer.Write(b)
}
