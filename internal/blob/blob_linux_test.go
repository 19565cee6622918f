package blob

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// folderVariable leads a process of this test to the folder of the store that it finds full.
const folderVariable = "CERTFLOW_TEST_FULL_STORE"

// TestAFullStoreKeepsNothingHalfWritten runs in a process of its own whose files may have 4 KiB: to whoever writes, that is a full disk.
func TestAFullStoreKeepsNothingHalfWritten(t *testing.T) {
	if folder := os.Getenv(folderVariable); folder != "" {
		writeIntoFullStore(t, folder)
		return
	}
	t.Parallel()
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAFullStoreKeepsNothingHalfWritten$")
	cmd.Env = append(os.Environ(), folderVariable+"="+folder)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if left := files(t, folder); len(left) != 1 || filepath.Base(left[0]) != "fits.pdf" {
		t.Errorf("the store holds %q, want the file that fitted alone", left)
	}
}

// writeIntoFullStore writes one file that the store has room for, and others that it has not.
func writeIntoFullStore(t *testing.T, folder string) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4 << 10, Max: 4 << 10}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), "file://"+folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("a store that is full cannot be reached: %v", err)
	}
	if err := s.Write(t.Context(), "fits.pdf", make([]byte, 4<<10)); err != nil {
		t.Errorf("a file that fits is not stored: %v", err)
	}
	if err := s.Write(t.Context(), "too-large.pdf", make([]byte, 8<<10)); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("a file that does not fit is answered with %v", err)
	}
	if err := s.CheckWrite(t.Context()); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("the check of a full store says %v", err)
	}
}

func TestACheckLeavesNothingInTheStore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := Open(t.Context(), "file://"+folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Errorf("a store that is well is answered with %v", err)
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("the check left %q", left)
	}
}

func TestAStoredFileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{nil, []byte("%PDF"), bytes.Repeat([]byte("x"), 1<<20)} {
		if err := s.Write(t.Context(), "a.pdf", content); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(t.Context(), "a.pdf"); err != nil || !bytes.Equal(got, content) {
			t.Errorf("of %d bytes %d are read, with %v", len(content), len(got), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, "b.pdf", []byte("%PDF")); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled write is answered with %v", err)
	}
	if _, err := s.Read(t.Context(), "b.pdf"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what was cancelled is answered with %v", err)
	}
}

// files are the files under a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
