package proc

import "syscall"

// signalOnParentDeath asks the kernel to signal the process when its parent dies, however it dies.
func signalOnParentDeath(attr *syscall.SysProcAttr, s syscall.Signal) { attr.Pdeathsig = s }
