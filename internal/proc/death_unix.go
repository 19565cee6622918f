//go:build unix && !linux

package proc

import "syscall"

// killOnParentDeath does nothing where the kernel offers nothing of the kind.
func killOnParentDeath(*syscall.SysProcAttr) {}
