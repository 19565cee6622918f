// Package devstack starts the private PostgreSQL and the private Temporal that `certflow dev` and the tests work
// with: real servers, on loopback, as child processes of the one that asked for them.
//
// Their promise is that they do not outlive it. A child ends with Stop, and without it too: when its parent is
// killed with -9, the kernel (on Linux) and a guard process (on every Unix) end it, and an ephemeral server's folder
// goes with it. What a crash of the whole machine leaves behind, a stale pid file or a half-made database, the next
// start puts right.
//
// The tests' side, one server for a whole test binary and a database for each test, is package stacktest.
package devstack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrMissing is wrapped by every error that says a server's program is not on this machine and could not be had. Its
// message says what to install.
var ErrMissing = errors.New("not installed")

// Options says what to start, and where. The zero value is of no use: give DataDir or Ephemeral.
type Options struct {
	// DataDir is the folder whose state survives a restart; it is made when missing. One process at a time.
	DataDir string
	// Ephemeral keeps the state in a temporary folder that is removed at the end, and trades safety against power
	// cuts for speed. A killed and restarted server still finds all that it had committed. DataDir is not used.
	Ephemeral bool

	// Ports on 127.0.0.1. 0 takes a free one.
	PostgresPort, TemporalPort, TemporalUIPort int

	// PostgresBin is the folder of PostgreSQL's programs. Empty looks for them: see postgresPrograms.
	PostgresBin string
	// Temporald is the program that serves Temporal. Empty looks for it: see temporaldProgram.
	Temporald string

	// Progress is told in a sentence what a slow step is about to do. It may be nil.
	Progress func(string)
}

func (o Options) progress(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// dataDir is DataDir as an absolute path, made when missing.
func (o Options) dataDir() (string, error) {
	if o.DataDir == "" {
		return "", errors.New("neither a data folder nor an ephemeral stack was asked for")
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the data folder: %w", err)
	}
	return dir, nil
}

// tail is what a person needs to see of the log of a server that did not start.
func tail(log string) string {
	const lines = 12
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
