package proc

import (
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestABoundProcessIsInAGroupOfItsOwnAndIsWaitedFor(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/bin/sh", "-c", "read -r line; exit 3")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	exited, err := Bind(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	if group, err := syscall.Getpgid(cmd.Process.Pid); err != nil || group != cmd.Process.Pid {
		t.Errorf("process %d is in group %d, %v", cmd.Process.Pid, group, err)
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-exited:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	if got := cmd.ProcessState.ExitCode(); got != 3 {
		t.Errorf("it ended with %d, want 3", got)
	}
	if _, err := Bind(exec.Command("/nowhere/at/all"), syscall.SIGKILL); err == nil {
		t.Error("a program that is not there has started")
	}
}
