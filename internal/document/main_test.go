package document

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be its own document child, well-behaved or not.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "document-child" {
		misbehave(os.Args[2])
		if err := ServeChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// misbehave ends or hangs a child once it has seen something of its input, which is after its limits were set.
func misbehave(how string) {
	if how == "serve" {
		return
	}
	if _, err := io.ReadFull(os.Stdin, make([]byte, 1)); err != nil {
		os.Exit(3)
	}
	switch how {
	case "crash":
		panic("as asked")
	case "hang":
		time.Sleep(time.Hour)
	case "garbage":
		fmt.Println(strings.Repeat("no gob", 100))
		os.Exit(0)
	case "eat":
		var kept [][]byte
		for {
			b := make([]byte, 16<<20)
			for i := range b {
				b[i] = 1
			}
			kept = append(kept, b)
			if len(kept) > 200 {
				os.Exit(0)
			}
		}
	}
}

// childCommand starts this test binary as a document child.
func childCommand(how string) []string { return []string{os.Args[0], "document-child", how} }
