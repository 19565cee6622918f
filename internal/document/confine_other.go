//go:build unix && !linux

package document

// confine does nothing: other systems cannot limit a process from outside. Deadlines and Go's own memory limit hold there;
// production is Linux.
func confine(int, int64, uint64) error { return nil }

// letWritesFail has nothing to do where files are not limited.
func letWritesFail() {}
