package proc

import "syscall"

// killOnParentDeath asks the kernel to kill the process when its parent dies, however it dies.
func killOnParentDeath(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
