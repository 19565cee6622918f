package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/certificate"
	"certflow/internal/sample"
)

func samplesCommand() *cli.Command {
	return &cli.Command{
		Name: "samples", ArgsUsage: "FOLDER",
		Usage: "draw the demo's sample certificates into a folder, dated so that they deserve their verdicts today",
		Flags: []cli.Flag{jsonFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			folder := c.Args().First()
			if folder == "" {
				return errors.New("name the folder: certflow samples /tmp/samples")
			}
			files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
			if err != nil {
				return fmt.Errorf("draw the samples: %w", err)
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return fmt.Errorf("make the folder: %w", err)
			}
			type shown struct {
				File   string `json:"file"`
				Status string `json:"status"` // that it deserves
				About  string `json:"about"`
			}
			list := make([]shown, len(files))
			for i, f := range files {
				if err := os.WriteFile(filepath.Join(folder, f.Name), f.PDF, 0o644); err != nil {
					return fmt.Errorf("write a sample: %w", err)
				}
				list[i] = shown{f.Name, f.WantStatus, f.About}
			}
			return printed(c.Root().Writer, c.Bool("json"), list, "", func(line func(...any)) {
				for _, s := range list {
					line(s.File, s.Status, s.About)
				}
			})
		},
	}
}
