package document

import (
	"errors"
	"fmt"

	"certflow/internal/certificate"
)

// Unavailable says that a program which reading needs is not installed. It is the operator's to mend, and a retry elsewhere may
// succeed: CONTRACT §2 calls it reader_unavailable.
type Unavailable struct {
	Tool    string // such as pdftoppm
	Package string // what to install, as Debian names it
}

// Error says what to install.
func (u *Unavailable) Error() string {
	return fmt.Sprintf("%s is not installed: install the package %s", u.Tool, u.Package)
}

// FaultKind says how a helper process ended.
type FaultKind string

// The ways in which a helper process fails. None of them but Endless, which counts its own work alone, is proof against the document: a
// machine without memory does the same to a good one.
const (
	Crashed     FaultKind = "crashed"
	TimedOut    FaultKind = "timed_out"
	Endless     FaultKind = "endless"
	OutOfMemory FaultKind = "out_of_memory"
	NotStarted  FaultKind = "not_started"
)

// Fault is a failure that may pass: the same document may be tried again. Reader tries a document twice and then refuses it, so
// that a Fault from Reader speaks of the machine.
type Fault struct {
	Kind FaultKind
	Doer string // the program, such as tesseract
	Err  error
}

// Error names the program and how it ended.
func (f *Fault) Error() string {
	if f.Err == nil {
		return fmt.Sprintf("%s %s", f.Doer, f.Kind)
	}
	return fmt.Sprintf("%s %s: %v", f.Doer, f.Kind, f.Err)
}

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Err }

// refusal is the *certificate.Refusal in err, or nil.
func refusal(err error) *certificate.Refusal {
	var r *certificate.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
