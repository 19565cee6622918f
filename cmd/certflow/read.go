package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"certflow/internal/certificate"
	"certflow/internal/document"
	"certflow/internal/reader"
)

func readCommand() *cli.Command {
	return &cli.Command{
		Name:      "read",
		Usage:     "read certificates on this machine, without a server: one JSON object a file; exit 1 when a file could not be looked at",
		ArgsUsage: "FILE…",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "pages", Value: analysedPages, Usage: "how many pages are analysed"},
		},
		Action: readFiles,
	}
}

// readFile is what `certflow read` prints of one file: a reading, or why there is none.
type readFile struct {
	File string `json:"file"`
	*certificate.Reading
	Error *certificate.Refusal `json:"error,omitempty"`
}

func readFiles(ctx context.Context, c *cli.Command) error {
	if c.Args().Len() == 0 {
		return errors.New("name the files to read: certflow read certificate.pdf")
	}
	r, err := localReader()
	if err != nil {
		return err
	}
	defer r.Close()
	out := json.NewEncoder(c.Root().Writer)
	var failed error
	for _, file := range c.Args().Slice() {
		one, err := readOne(ctx, r, file, c.Int("pages"))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if err := out.Encode(one); err != nil {
			return fmt.Errorf("print a reading: %w", err)
		}
	}
	return failed
}

// mostRead is the largest file that is read: the largest that may be uploaded (CONTRACT §2).
const mostRead = 15 << 20

// readOne reads one file as a review would: the first pages, trimmed.
func readOne(ctx context.Context, r *reader.Reader, file string, pages int) (*readFile, error) {
	about, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a file: %w", err)
	case !about.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", file)
	case about.Size() > mostRead:
		return nil, fmt.Errorf("%s has %d MB: a certificate has at most 15", file, about.Size()>>20)
	}
	pdf, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	out := &readFile{File: file}
	out.Reading, err = readPages(ctx, r, pdf, pages)
	if errors.As(err, &out.Error) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return out, nil
}

// readerChildCommand is how this program runs itself to open untrusted documents; it is no command for people.
func readerChildCommand() *cli.Command {
	return &cli.Command{
		Name: reader.ChildCommand, Hidden: true,
		Action: func(context.Context, *cli.Command) error { return document.ServeChild(os.Stdin, os.Stdout) },
	}
}
