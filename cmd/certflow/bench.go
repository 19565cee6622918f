package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/bench"
)

func benchCommand() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "measure this machine's certflow against what it promises, and print one report",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "only", Usage: "measure only these: " + strings.Join(bench.Sections(), ", ")},
			&cli.StringFlag{Name: "json", Usage: "write the report to this file too, for programs"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "of the certificates that are drawn"},
			&cli.BoolFlag{Name: "small", Usage: "small sizes, to see that it works; the figures mean little"},
		},
		Action: runBench,
	}
}

func runBench(ctx context.Context, c *cli.Command) error {
	report, err := bench.Run(ctx, bench.Options{
		Only: c.StringSlice("only"), Small: c.Bool("small"), Seed: c.Uint64("seed"), Progress: progress(time.Now()),
	})
	if report == nil {
		return err
	}
	if _, printed := fmt.Fprint(c.Root().Writer, report.Markdown()); printed != nil {
		err = errors.Join(err, fmt.Errorf("print the report: %w", printed))
	}
	if path := c.String("json"); path != "" {
		err = errors.Join(err, writeReport(report, path))
	}
	if missed := report.Missed(); len(missed) > 0 && !c.Bool("small") {
		err = errors.Join(err, fmt.Errorf("%d targets are missed: %s", len(missed), strings.Join(missed, "; ")))
	}
	return err
}

func writeReport(report *bench.Report, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return errors.Join(report.WriteJSON(file), file.Close())
}
