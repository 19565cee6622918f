package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/chaos"
)

func chaosCommand() *cli.Command {
	return &cli.Command{
		Name:  "chaos",
		Usage: "kill, pause and cut off the parts of a private stack under load, and prove that nothing was lost, stuck or doubled",
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "for", Value: 3 * time.Minute, Usage: "how long faults are injected"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "of the schedule of faults and of what clients do"},
			&cli.StringFlag{Name: "dir", Value: ".cache/chaos", Usage: "where logs and state are kept; a run that finds nothing leaves nothing"},
		},
		Action: runChaos,
		Commands: []*cli.Command{{
			Name: "receive", Hidden: true, Usage: "be the receiver of webhooks of a chaos run",
			Flags: []cli.Flag{&cli.StringFlag{Name: "addr", Required: true}, &cli.StringFlag{Name: "log", Required: true}},
			Action: func(ctx context.Context, c *cli.Command) error {
				return chaos.Receive(ctx, c.String("addr"), c.String("log"))
			},
		}},
	}
}

func runChaos(ctx context.Context, c *cli.Command) error {
	report, err := chaos.Run(ctx, chaos.Options{
		Seed: c.Uint64("seed"), For: c.Duration("for"), Dir: c.String("dir"), Progress: progress(time.Now()),
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(c.Root().Writer, report.Text()); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if n := len(report.Violations); n > 0 {
		return fmt.Errorf("%d promises were broken", n)
	}
	return nil
}
