package document

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// letWritesFail makes a write to a file an error for the helper processes started from now on, and not their end: font libraries
// write caches where they find none, and do without where they cannot. Processes inherit what their parent ignores.
func letWritesFail() { signal.Ignore(unix.SIGXFSZ) }

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
