//go:build unix && !linux

package proc

import "syscall"

// signalOnParentDeath does nothing where the kernel offers nothing of the kind.
func signalOnParentDeath(*syscall.SysProcAttr, syscall.Signal) {}
