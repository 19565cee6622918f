package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// magicWithin is where a PDF's magic bytes must begin (CONTRACT §2).
	magicWithin = 1024
	// partHeaderBytes bounds the header of one part, textBytes the text of one that has no limit of its own.
	partHeaderBytes = 64 << 10
	textBytes       = 16 << 10
	// maxParts bounds the parts of a request beside its files.
	maxParts = 50
	// maxFilename is how many characters of a file's name are kept.
	maxFilename = 255
)

// Blobs keeps files.
type Blobs interface {
	// Create opens a file for writing. Nothing exists under the key until Close succeeds; a cancelled ctx leaves nothing behind.
	Create(ctx context.Context, key string) (io.WriteCloser, error)
	// Delete removes files; those that are not there do not matter.
	Delete(ctx context.Context, keys ...string) error
}

// uploadForm says what parts an upload takes.
type uploadForm struct {
	files    []string         // names of file parts
	texts    map[string]int64 // names of text parts, with the most bytes of each; 0 is textBytes
	maxFiles int              // further files are counted and thrown away
	maxFile  int64            // bytes of one file
}

// upload is a multipart body that was read to its end. Parts come in any order, so nothing is refused before all of them were seen.
type upload struct {
	texts     map[string]string
	repeated  []string // text parts that were given more than once
	tooLong   []string // text parts that exceed their limit
	malformed []string // text parts that the database could not hold
	files     []*file
	unknown   []string         // names of parts that nobody knows
	entries   []*metadataEntry // what the metadata of a bulk upload says of each file, or nil
}

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

// readUpload streams the parts of a body: texts into memory, files into storage, one after another. When it fails, what it stored is in the
// upload it returns, for the caller to remove.
func readUpload(ctx context.Context, reader *multipart.Reader, form uploadForm, blobs Blobs, newFile func() (id, key string)) (*upload, error) {
	u := &upload{texts: map[string]string{}}
	parts := 0
	for {
		part, err := nextPart(ctx, reader)
		if err == io.EOF { // bare behind the last boundary, and wrapped where the body ends without one
			return u, nil
		}
		if err != nil {
			return u, uploadFault(err)
		}
		name := part.FormName()
		switch {
		case slices.Contains(form.files, name) && isFile(part):
			if err := u.readFile(ctx, part, form, blobs, newFile); err != nil {
				return u, uploadFault(err)
			}
			continue
		case slices.Contains(form.files, name), hasText(form, name):
			err = u.readText(part, name, form)
		default:
			if !slices.Contains(u.unknown, name) {
				u.unknown = append(u.unknown, name)
			}
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil {
			return u, uploadFault(err)
		}
		if parts++; parts > maxParts {
			return u, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body has too many parts.")
		}
	}
}

// nextPart reads the next part's header within its bound. The part before it has been read to its end.
func nextPart(ctx context.Context, reader *multipart.Reader) (*multipart.Part, error) {
	if b := callOf(ctx).body; b != nil {
		b.headerLeft = partHeaderBytes
		defer func() { b.headerLeft = -1 }()
	}
	return reader.NextPart()
}

// uploadFault tells a body that broke off from one that is refused and from storage that failed.
func uploadFault(err error) error {
	var p *Problem
	var tooLarge *http.MaxBytesError
	var storage *storageError
	var header textproto.ProtocolError
	switch {
	case errors.As(err, &tooLarge), errors.As(err, &p):
		return err
	case errors.As(err, &storage):
		return unavailable(storage.err)
	case errors.As(err, &header):
		return &Problem{Status: http.StatusBadRequest, Code: ErrorCodeBadRequest, Message: "The header of a part is malformed.", Cause: err}
	}
	return brokenBody(err)
}

// storageError marks a failure of storage among those of the body.
type storageError struct{ err error }

func (e *storageError) Error() string { return e.err.Error() }
func (e *storageError) Unwrap() error { return e.err }

func hasText(form uploadForm, name string) bool {
	_, ok := form.texts[name]
	return ok
}

// isFile reports whether a part is a file: it has a file name, be it an empty one.
func isFile(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return false
	}
	_, named := params["filename"]
	return named
}

// readText reads a text part. A file part without a file name lands here too, is read and counts for nothing.
func (u *upload) readText(part *multipart.Part, name string, form uploadForm) error {
	limit := form.texts[name]
	if limit == 0 {
		limit = textBytes
	}
	text, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return err
	}
	if !hasText(form, name) {
		_, err = io.Copy(io.Discard, part)
		return err
	}
	if int64(len(text)) > limit {
		u.tooLong = append(u.tooLong, name)
		if _, err := io.Copy(io.Discard, part); err != nil {
			return err
		}
		text = nil
	}
	if unstorable(string(text)) {
		u.malformed = append(u.malformed, name)
		text = nil
	}
	if _, given := u.texts[name]; given {
		u.repeated = append(u.repeated, name)
	}
	u.texts[name] = string(text)
	return nil
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
	f.fault = faultOfFile(f.filename, f.kind, head)
	if f.fault == nil {
		id, key := newFile()
		counted.limit = form.maxFile
		err := store(ctx, blobs, key, io.MultiReader(bytes.NewReader(head), counted))
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

// store streams a file into storage; a failure leaves nothing behind.
func store(ctx context.Context, blobs Blobs, key string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := blobs.Create(ctx, key)
	if err != nil {
		return err
	}
	// The writer's own ReadFrom would take a buffer of 1 MiB for each upload.
	if _, err := io.Copy(struct{ io.Writer }{w}, r); err != nil {
		cancel()
		return errors.Join(err, ignoreCancelled(w.Close()))
	}
	return w.Close()
}

// ignoreCancelled drops the error of closing what was given up on purpose.
func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// inMegabytes writes a limit as people do.
func inMegabytes(bytes int64) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// faultOfFile makes the checks that a file's name, type and beginning allow, in the order of CONTRACT §2.
func faultOfFile(filename, kind string, head []byte) *Problem {
	switch {
	case !strings.HasSuffix(strings.ToLower(filename), ".pdf"):
		return refuse(http.StatusBadRequest, ErrorCodeInvalidFileType, "The name of a certificate must end in .pdf.")
	case kind != "application/pdf":
		return refuse(http.StatusBadRequest, ErrorCodeInvalidMimeType, "The content type of a certificate must be application/pdf.")
	case !bytes.Contains(head, []byte("%PDF")):
		return refuse(http.StatusBadRequest, ErrorCodeInvalidFileType, "The file is not a PDF: it does not begin with %%PDF.")
	}
	return nil
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

// removeStored deletes what an upload stored that comes to nothing, whether or not the client is still there.
func (u *upload) removeStored(ctx context.Context, blobs Blobs) error {
	var keys []string
	for _, f := range u.files {
		if f.key != "" {
			keys = append(keys, f.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return blobs.Delete(ctx, keys...)
}

// fingerprint is what is kept of an upload to know it again: boundaries differ on every try, so it is the parsed parts that count.
func (u *upload) fingerprint() []byte {
	var b bytes.Buffer
	names := make([]string, 0, len(u.texts))
	for name := range u.texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%q=%q\n", name, u.texts[name])
	}
	for _, f := range u.files {
		fmt.Fprintf(&b, "%q %q %q %x\n", f.part, f.filename, f.kind, f.sha256)
	}
	for _, name := range u.unknown {
		fmt.Fprintf(&b, "unknown %q\n", name)
	}
	return b.Bytes()
}

// textFaults names the text parts at fault.
func (u *upload) textFaults() faults {
	wrong := faults{}
	for _, name := range u.tooLong {
		wrong.add(name, "Is too long.")
	}
	for _, name := range u.malformed {
		wrong.add(name, "Must be a text in UTF-8 without NUL.")
	}
	for _, name := range u.repeated {
		wrong.add(name, "Is given more than once.")
	}
	return wrong
}

// unknownParts is the refusal that names the parts and the query parameters that nobody knows, or nil.
func (u *upload) unknownParts(ctx context.Context) error {
	parameters := callOf(ctx).unknown
	if len(u.unknown) == 0 && len(parameters) == 0 {
		return nil
	}
	wrong := faults{}
	maps.Copy(wrong, parameters)
	for _, name := range u.unknown {
		wrong.add(printable(name), "There is no such field.")
	}
	return invalid(wrong)
}
