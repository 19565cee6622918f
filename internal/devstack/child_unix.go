//go:build unix && !linux

package devstack

import "syscall"

// signalOnParentDeath does nothing where the kernel offers nothing: the guard process remains.
func signalOnParentDeath(*syscall.SysProcAttr, syscall.Signal) {}
