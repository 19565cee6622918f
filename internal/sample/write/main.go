// Command write draws the samples of the demo into a folder: examples/certificates in the repository, with fixed dates,
// since the demo draws its own with today's.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/sample"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: write FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// drawn is the date of the samples in the repository.
func drawn() certificate.Date {
	return certificate.DateOf(time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC))
}

func write(folder string) error {
	files, err := sample.Demo(drawn())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder for samples: %w", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.PDF, 0o644); err != nil {
			return fmt.Errorf("writing a sample: %w", err)
		}
	}
	return nil
}
