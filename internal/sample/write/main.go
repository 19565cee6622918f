// Command write draws the samples of the demo into a folder: examples/certificates in the repository, with fixed dates,
// since the demo draws its own with today's.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
		if f.Random {
			if _, err := os.Stat(filepath.Join(folder, f.Name)); err == nil {
				continue // writing it again would change the repository for nothing
			}
		}
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.PDF, 0o644); err != nil {
			return fmt.Errorf("writing a sample: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "README.md"), []byte(readme(files)), 0o644); err != nil {
		return fmt.Errorf("writing what the samples are: %w", err)
	}
	return nil
}

// readme lists the samples with the verdicts that they deserve.
func readme(files []sample.File) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Sample certificates

Drawn by this project (`+"`go generate ./internal/sample`"+`); firms, people, places and policies are invented. The policies of these files are in
force around %s; the demo draws its own with today's dates. %s opens with the password %s.

| file | what it is | the verdict that it deserves in the demo |
| --- | --- | --- |
`, drawn(), "`password.pdf`", "`"+sample.DemoPassword+"`")
	for _, f := range files {
		verdict := f.WantStatus
		if f.WantError != "" {
			verdict += ": " + f.WantError
		}
		if len(f.WantFailed) > 0 {
			verdict += " (" + strings.Join(f.WantFailed, ", ") + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.Name, f.About, verdict)
	}
	return b.String()
}
