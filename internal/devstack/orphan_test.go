package devstack

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A process that is started while a folder is held has a copy of the lock's file for a moment; this one keeps it.
func TestAFolderThatWasGivenBackIsFreeWhoeverHasACopyOfItsLock(t *testing.T) {
	t.Parallel()
	lock := filepath.Join(t.TempDir(), "server.lock")
	release, err := hold(lock)
	if err != nil {
		t.Fatal(err)
	}
	copied := -1
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not say which files are open")
	}
	for _, one := range open {
		if file, err := os.Readlink(filepath.Join("/proc/self/fd", one.Name())); err == nil && file == lock {
			fd, err := strconv.Atoi(one.Name())
			if err != nil {
				t.Fatal(err)
			}
			if copied, err = syscall.Dup(fd); err != nil {
				t.Fatal(err)
			}
			defer syscall.Close(copied)
		}
	}
	if copied < 0 {
		t.Fatal("the lock's file is not open")
	}
	if again, err := hold(lock); err == nil {
		again()
		t.Error("a folder is held twice")
	}
	release()
	again, err := hold(lock)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestOnlyAnOrphanOfTheDataFolderIsEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, test := range map[string]struct {
		argument string
		ended    bool
	}{
		"a server on the folder is ended":                        {argument: dir, ended: true},
		"another program that was given the pid since is let be": {argument: "/elsewhere", ended: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("/bin/sh", "-c", "read -r forever", "server", test.argument)
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				stdin.Close()
				cmd.Wait()
			})
			pidFile := filepath.Join(t.TempDir(), "server.pid")
			if err := os.WriteFile(pidFile, []byte(strconv.Itoa(cmd.Process.Pid)+"\n"+dir+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := endOrphan(t.Context(), pidFile, dir, syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if ended := !running(t.Context(), cmd.Process.Pid); ended != test.ended {
				t.Errorf("ended: %v, want %v", ended, test.ended)
			}
			if _, err := os.Stat(pidFile); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the pid file is still there (%v)", err)
			}
		})
	}
}
