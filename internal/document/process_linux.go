package document

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup makes a command the leader of its own process group, so that it ends with everything that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return endGroup(cmd) }
}

// endGroup kills a started command and its process group.
func endGroup(cmd *exec.Cmd) error {
	if cmd.Process == nil {
		return nil
	}
	return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// confine limits a started process: writable memory, processor seconds, open files, and no files written. Its input must be
// given to it afterwards.
func confine(pid int, memory int64, seconds uint64) error {
	limit := func(resource int, v uint64) error {
		return unix.Prlimit(pid, resource, &unix.Rlimit{Cur: v, Max: v}, nil)
	}
	for resource, v := range map[int]uint64{
		unix.RLIMIT_DATA:   uint64(memory),
		unix.RLIMIT_CPU:    seconds,
		unix.RLIMIT_NOFILE: 64,
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_CORE:   0,
	} {
		if err := limit(resource, v); err != nil {
			return err
		}
	}
	return nil
}
