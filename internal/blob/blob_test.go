package blob

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestABlobIsOnTheDiskWhenItIsStored(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := Open(t.Context(), "file://"+filepath.ToSlash(folder))
	if err != nil {
		t.Fatal(err)
	}
	var synced []string
	s.sync = func(path string) error {
		synced = append(synced, path)
		return syncFile(path)
	}
	if err := s.Write(t.Context(), "2030-01-02/acct_1/ci_1.pdf", []byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	day := filepath.Join(folder, "2030-01-02")
	want := []string{filepath.Join(day, "acct_1", "ci_1.pdf"), filepath.Join(day, "acct_1"), day, folder}
	if diff := cmp.Diff(want, synced); diff != "" {
		t.Errorf("on the disk (-want +got):\n%s", diff)
	}
}

func TestWhatTheDiskDidNotTakeIsNotStored(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	s.sync = func(string) error { return syscall.EIO }
	if err := s.Write(t.Context(), "a.pdf", []byte("%PDF")); !errors.Is(err, syscall.EIO) {
		t.Errorf("a disk that fails is answered with %v", err)
	}
	if _, err := s.Read(t.Context(), "a.pdf"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what it did not take is read with %v", err)
	}
}
