package devstack

import "syscall"

// signalOnParentDeath asks the kernel to send s to the process when its parent dies, however it dies.
func signalOnParentDeath(attr *syscall.SysProcAttr, s syscall.Signal) { attr.Pdeathsig = s }
