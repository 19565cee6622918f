package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"time"
)

const (
	// magicWithin is where a PDF's magic bytes must begin (CONTRACT §2).
	magicWithin = 1024
	// maxPartHeader bounds the header of one part, in bytes, maxTextPart the text of one that has no limit of its own.
	maxPartHeader = 64 << 10
	maxTextPart   = 16 << 10
	// maxParts bounds the parts of a request beside its files.
	maxParts = 50
	// maxFilename is how many characters of a file's name are kept.
	maxFilename = 255
)

// Blobs keeps files.
type Blobs interface {
	// Stream stores what r gives under key: all of it or nothing. An error of r is wrapped.
	Stream(ctx context.Context, key string, r io.Reader) error
	// Delete removes files; those that are not there do not matter.
	Delete(ctx context.Context, keys ...string) error
}

// uploadForm says what parts an upload takes.
type uploadForm struct {
	files    []string         // names of file parts
	texts    map[string]int64 // names of text parts, with the most bytes of each; 0 is maxTextPart
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
		b.headerLeft = maxPartHeader
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
		limit = maxTextPart
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
	if isUnstorable(string(text)) {
		u.malformed = append(u.malformed, name)
		text = nil
	}
	if _, given := u.texts[name]; given {
		u.repeated = append(u.repeated, name)
	}
	u.texts[name] = string(text)
	return nil
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
