package main

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/internal/service"
	"certflow/worker"
)

// configured says where a serving process takes its configuration from.
const configured = "Configured by environment variables, which README.md lists under \"Configuration\": CERTFLOW_DATABASE_URL,\n" +
	"CERTFLOW_BLOB_URL and CERTFLOW_SECRET_KEY at least. `certflow doctor` says what is missing or not reachable."

func apiCommand() *cli.Command {
	return &cli.Command{
		Name:        "api",
		Usage:       "serve the HTTP API",
		Description: configured,
		Action: func(ctx context.Context, _ *cli.Command) error {
			svc, err := open(ctx)
			if err != nil {
				return err
			}
			defer svc.Close()
			return svc.ServeAPI(ctx)
		},
	}
}

// garbage is how much a worker lets its heap grow, in percent of what lives there, before it collects: some tens of MB live, and what a
// certificate leaves behind is many times that. GOGC, where set, stands.
const garbage = 400

func workerCommand() *cli.Command {
	return &cli.Command{
		Name:        "worker",
		Usage:       "run workflows and activities",
		Description: configured,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "queues", Usage: "serve only these task queues: " + strings.Join(worker.Queues(), ", ")},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := worker.CheckQueues(c.StringSlice("queues")); err != nil {
				return err
			}
			svc, err := open(ctx)
			if err != nil {
				return err
			}
			defer svc.Close()
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(garbage)
			}
			return svc.RunWorker(ctx, c.StringSlice("queues"))
		},
		Commands: []*cli.Command{{
			Name: "promote", ArgsUsage: "BUILD",
			Usage: "let new workflows begin on the workers of a build (CERTFLOW_BUILD_ID); without it versioned workers get nothing",
			Action: func(ctx context.Context, c *cli.Command) error {
				build := c.Args().First()
				if build == "" {
					return errors.New("name the build: certflow worker promote 2026.11.1")
				}
				svc, err := open(ctx)
				if err != nil {
					return err
				}
				defer svc.Close()
				return worker.Promote(ctx, svc.Temporal, build)
			},
		}},
	}
}

// open opens the service of the environment.
func open(ctx context.Context) (*service.Service, error) {
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	return service.Open(ctx, cfg)
}
