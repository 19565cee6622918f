package proc

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Bind starts cmd as a process that does not outlive this one: the kernel sends it the signal when this one dies, where kernels do such a thing.
// It is in a process group of its own, so that a Ctrl-C in the terminal reaches only the parent and the parent decides the order in which things
// stop. The channel is closed when the process has ended and was waited for.
func Bind(cmd *exec.Cmd, onParentDeath syscall.Signal) (exited <-chan struct{}, err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	signalOnParentDeath(cmd.SysProcAttr, onParentDeath)
	ended, started := make(chan struct{}), make(chan error, 1)
	go func() {
		// Linux takes the death of the thread that forked for the death of the parent: hold that thread until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the command's state says how it ended
		}
		close(ended)
	}()
	return ended, <-started
}
