// Package blob keeps PDFs at rest, in a folder during development and in an object store by URL in production
// (file:///…, s3://…, mem://).
package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://
	_ "gocloud.dev/blob/s3blob"   // s3://
	"gocloud.dev/gcerrors"
)

// ErrNotFound says that a store has nothing under a key.
var ErrNotFound = errors.New("no such blob")

// Store is a bucket of PDFs.
type Store struct {
	bucket *blob.Bucket
	folder string                  // of a file:// URL, "" otherwise
	sync   func(path string) error // puts a file or a folder on the disk
}

// Open opens the bucket of a URL. A folder of a file:// URL is made if it is missing.
func Open(ctx context.Context, bucket string) (*Store, error) {
	u, err := url.Parse(bucket)
	if err != nil {
		return nil, fmt.Errorf("the blob URL cannot be parsed: it should look like file:///var/lib/certflow/blobs or s3://bucket?region=…")
	}
	if u.Scheme == "file" {
		if err := os.MkdirAll(u.Path, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder for blobs: %w", err)
		}
		q := u.Query()
		q.Set("no_tmp_dir", "true") // temporary files beside the blobs: a rename must not cross devices
		q.Set("metadata", "skip")
		u.RawQuery = q.Encode()
	}
	b, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("open the blob store %s://%s: %w", u.Scheme, u.Host, err)
	}
	s := &Store{bucket: b, sync: syncFile}
	if u.Scheme == "file" {
		s.folder = filepath.FromSlash(u.Path)
	}
	return s, nil
}

// Close ends the use of the store.
func (s *Store) Close() error { return s.bucket.Close() }

// Check answers whether the store can be reached.
func (s *Store) Check(ctx context.Context) error {
	ok, err := s.bucket.IsAccessible(ctx)
	if err != nil {
		return fmt.Errorf("reach the blob store: %w", err)
	}
	if !ok {
		return errors.New("the blob store's bucket is not there")
	}
	return nil
}

// probe is as large as a small certificate: a disk may have room for an empty file and for nothing else.
const probe = 64 << 10

// CheckWrite answers whether the store takes what is written, by writing and removing 64 KiB that no upload refers to: a full disk, a quota
// or a right that is missing shows nowhere else before an upload meets it. What it cannot remove is swept as uploads are.
func (s *Store) CheckWrite(ctx context.Context) error {
	key := NewKey(time.Now(), "probe", rand.Text())
	if err := s.Write(ctx, key, make([]byte, probe)); err != nil {
		return fmt.Errorf("the blob store takes nothing that is written: %w", err)
	}
	return s.Delete(ctx, key)
}

// NewKey makes the key of an upload: by day, so that a sweep can look at one day's uploads without listing them all.
func NewKey(at time.Time, account, certificate string) string {
	return path.Join(at.UTC().Format(time.DateOnly), account, certificate+".pdf")
}

// uploadBuffer bounds what one upload holds in memory; S3 parts may not be smaller than 5 MiB.
const uploadBuffer = 5 << 20

// Write stores content under key: all of it or nothing.
func (s *Store) Write(ctx context.Context, key string, content []byte) error {
	return s.Stream(ctx, key, bytes.NewReader(content))
}

// Stream stores what r gives under key, durably: a machine that loses its power afterwards keeps it. All of it is stored or nothing, which the bucket's own WriteAll and Upload do not keep to, as they leave what a
// full disk had room for. An error of r is wrapped.
func (s *Store) Stream(ctx context.Context, key string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/pdf", BufferSize: uploadBuffer, MaxConcurrency: 1,
	})
	if err != nil {
		return fmt.Errorf("begin to store a blob: %w", err)
	}
	// The writer's own ReadFrom would take a buffer of 1 MiB for each upload.
	if _, err := io.Copy(struct{ io.Writer }{w}, r); err != nil {
		cancel() // what was written is given up
		return errors.Join(fmt.Errorf("store a blob: %w", err), ignoreCancelled(w.Close()))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("store a blob: %w", err)
	}
	if err := s.persist(key); err != nil {
		return errors.Join(fmt.Errorf("store a blob: %w", err), s.Delete(context.WithoutCancel(ctx), key))
	}
	return nil
}

// persist puts a blob of a folder on the disk, and the folders on its way, which may be as new as itself: the bucket leaves them in the
// memory of the operating system. An object store has done it.
func (s *Store) persist(key string) error {
	if s.folder == "" {
		return nil
	}
	for on := path.Clean(key); ; on = path.Dir(on) {
		if err := s.sync(filepath.Join(s.folder, filepath.FromSlash(on))); err != nil {
			return fmt.Errorf("put on the disk: %w", err)
		}
		if on == "." {
			return nil
		}
	}
}

// syncFile puts a file or a folder on the disk. A file system that cannot do it for folders (some network ones) keeps them by itself.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// ignoreCancelled drops the error of closing what was given up on purpose.
func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Open reads a blob: ErrNotFound when there is none. The reader knows its Size.
func (s *Store) Open(ctx context.Context, key string) (*blob.Reader, error) {
	r, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, mapped("read a blob", err)
	}
	return r, nil
}

// Read reads a whole blob: ErrNotFound when there is none.
func (s *Store) Read(ctx context.Context, key string) ([]byte, error) {
	content, err := s.bucket.ReadAll(ctx, key)
	if err != nil {
		return nil, mapped("read a blob", err)
	}
	return content, nil
}

// Delete removes blobs; those that are not there do not matter.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var all error
	for _, key := range keys {
		if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, fmt.Errorf("delete a blob: %w", err))
		}
	}
	return all
}

// Days lists the days of which there are uploads, oldest first, without listing the uploads.
func (s *Store) Days(ctx context.Context) ([]string, error) {
	list := s.bucket.List(&blob.ListOptions{Delimiter: "/"})
	var days []string
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return days, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list the days of blobs: %w", err)
		}
		if object.IsDir {
			days = append(days, strings.TrimSuffix(object.Key, "/"))
		}
	}
}

// Uploads calls visit with up to batch keys at a time of the blobs of a day, "" for all, whose last change was before olderThan.
func (s *Store) Uploads(ctx context.Context, day string, olderThan time.Time, batch int, visit func(keys []string) error) error {
	var options blob.ListOptions
	if day != "" {
		options.Prefix = day + "/"
	}
	list := s.bucket.List(&options)
	var keys []string
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("list blobs: %w", err)
		}
		if object.IsDir || !object.ModTime.Before(olderThan) {
			continue
		}
		if keys = append(keys, object.Key); len(keys) == batch {
			if err := visit(keys); err != nil {
				return err
			}
			keys = nil
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return visit(keys)
}

// TrimmedKey is where the pages that are analysed are kept beside the whole upload.
func TrimmedKey(upload string) string { return strings.TrimSuffix(upload, ".pdf") + trimmedSuffix }

// UploadKey is the upload that a key belongs to: itself, or the one that was trimmed.
func UploadKey(key string) string {
	if base, ok := strings.CutSuffix(key, trimmedSuffix); ok {
		return base + ".pdf"
	}
	return key
}

const trimmedSuffix = ".trimmed.pdf"

func mapped(doing string, err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}
