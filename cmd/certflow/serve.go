package main

import (
	"context"
	"strings"

	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/internal/service"
	"certflow/worker"
)

func apiCommand() *cli.Command {
	return &cli.Command{
		Name:  "api",
		Usage: "serve the HTTP API",
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

func workerCommand() *cli.Command {
	return &cli.Command{
		Name:  "worker",
		Usage: "run workflows and activities",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "queues", Usage: "serve only these task queues: " + strings.Join(worker.Queues(), ", ")},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			svc, err := open(ctx)
			if err != nil {
				return err
			}
			defer svc.Close()
			return svc.RunWorker(ctx, c.StringSlice("queues"))
		},
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
