package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// file is one file of an upload. Its fault is the first that its own checks found, in the order of CONTRACT §2; a file without a fault is
// stored under its key.
type file struct {
	part     string
	filename string
	kind     string // media type of the part
	size     int64
	sha256   [sha256.Size]byte
	id       string // of the certificate that it is to become
	key      string
	fault    *Problem
}

// readFile checks a file and streams it into storage; one with a fault is read to its end and thrown away.
func (u *upload) readFile(ctx context.Context, part *multipart.Part, form uploadForm, blobs Blobs, newFile func() (id, key string)) error {
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	f := &file{part: part.FormName(), filename: cleanFilename(part.FileName()), kind: kind}
	u.files = append(u.files, f)
	if len(u.files) > form.maxFiles {
		_, err := io.Copy(io.Discard, part)
		return err
	}
	sum := sha256.New()
	counted := &fileReader{r: part, sum: sum}
	head := make([]byte, magicWithin)
	n, _ := io.ReadFull(counted, head) // an error is in counted, or the file is short
	if counted.broken() {
		return counted.err
	}
	head = head[:n]
	f.fault = checkFile(f.filename, f.kind, head)
	if f.fault == nil {
		id, key := newFile()
		counted.limit = form.maxFile
		err := blobs.Stream(ctx, key, io.MultiReader(bytes.NewReader(head), counted))
		switch {
		case errors.Is(err, errFileSize):
			f.fault = refuse(http.StatusBadRequest, ErrorCodeInvalidFileSize, "A certificate may have at most %s.", inMegabytes(form.maxFile))
		case counted.broken():
			return counted.err
		case err != nil:
			return &storageError{fmt.Errorf("store an upload: %w", err)}
		default:
			f.id, f.key = id, key
		}
	}
	counted.limit = 0
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return err
	}
	f.size = counted.size
	sum.Sum(f.sha256[:0])
	return nil
}

// inMegabytes writes a limit as people do.
func inMegabytes(bytes int64) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// checkFile makes the checks that a file's name, type and beginning allow, in the order of CONTRACT §2.
func checkFile(filename, kind string, head []byte) *Problem {
	switch {
	case !strings.HasSuffix(strings.ToLower(filename), ".pdf"):
		return refuse(http.StatusBadRequest, ErrorCodeInvalidFileType, "The name of a certificate must end in .pdf.")
	case kind != "application/pdf":
		return refuse(http.StatusBadRequest, ErrorCodeInvalidMimeType, "The content type of a certificate must be application/pdf, and this one's is %s.", cmp.Or(printable(kind), "not given"))
	case !bytes.Contains(head, []byte("%PDF")):
		return refuse(http.StatusBadRequest, ErrorCodeInvalidFileType, "%s", noPDF(head))
	}
	return nil
}

// noPDF says what a file is that is no PDF, as far as its beginning tells.
func noPDF(head []byte) string {
	if len(head) == 0 {
		return "The file is empty."
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	seems, known := map[string]string{
		"application/zip": "an archive or an Office document", "image/jpeg": "a JPEG picture", "image/png": "a PNG picture", "image/gif": "a GIF picture",
		"image/webp": "a WebP picture", "text/html": "a web page",
	}[kind]
	if !known {
		return "The file is not a PDF: it does not begin with %PDF."
	}
	return fmt.Sprintf("The file is not a PDF, although its name says so: it seems to be %s. Print or export the certificate as PDF.", seems)
}

// errFileSize stops the storing of a file that is too large.
var errFileSize = errors.New("the file is too large")

// fileReader counts and hashes a file while it is read, and fails over a limit, if there is one.
type fileReader struct {
	r     io.Reader
	sum   hash.Hash
	size  int64
	limit int64
	err   error
}

// broken reports whether the body broke off or was refused under the file.
func (f *fileReader) broken() bool { return f.err != nil && !errors.Is(f.err, io.EOF) }

func (f *fileReader) Read(p []byte) (int, error) {
	if f.limit > 0 && f.size > f.limit {
		return 0, errFileSize
	}
	n, err := f.r.Read(p)
	f.size += int64(n)
	f.sum.Write(p[:n])
	if err != nil {
		f.err = err
	}
	if f.limit > 0 && f.size > f.limit {
		return 0, errFileSize
	}
	return n, err
}

// cleanFilename is the base name of an upload's file without control characters and marks that turn the direction of writing.
func cleanFilename(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if runes := utf8.RuneCountInString(name); runes > maxFilename {
		name = string([]rune(name)[runes-maxFilename:])
	}
	return name
}
