package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/internal/secret"
	"certflow/internal/service"
)

func devCommand() *cli.Command {
	return &cli.Command{
		Name:  "dev",
		Usage: "run the whole service on this machine, with a private PostgreSQL and Temporal",
		Description: "Everything listens on loopback. DATABASE_URL (or CERTFLOW_OWNER_DATABASE_URL, the owner's) and TEMPORAL_ADDRESS\n" +
			"(or CERTFLOW_TEMPORAL_ADDRESS), where set, replace the private part. The account's key is " + service.DevKey + ".",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "ephemeral", Usage: "keep nothing"},
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:8080", Sources: cli.EnvVars("CERTFLOW_ADDR"), Usage: "what the API listens on; port 0 is any free one"},
			&cli.IntFlag{Name: "ui-port", Value: 8233, Usage: "port of the Temporal UI; 0 is any free one"},
			&cli.IntFlag{Name: "temporal-port", Value: 7233, Usage: "port of Temporal; 0 is any free one"},
			&cli.StringFlag{Name: "data-dir", Value: ".certflow", Usage: "where the state is kept"},
		},
		Action: runDev,
	}
}

func runDev(ctx context.Context, c *cli.Command) error {
	cfg, err := devConfig()
	if err != nil {
		return err
	}
	options := service.DevOptions{
		DataDir: c.String("data-dir"), Addr: c.String("addr"), MetricsAddr: cfg.MetricsAddr,
		TemporalPort: c.Int("temporal-port"), TemporalUI: c.Int("ui-port"), Progress: progress(time.Now()),
	}
	if c.Bool("ephemeral") {
		options.DataDir = ""
	}
	dev, err := service.StartDev(ctx, cfg, options)
	if err != nil {
		return err
	}
	fmt.Printf("\ncertflow is up.\n  API          %s\n  key          %s\n", dev.URL, service.DevKey)
	fmt.Printf("  console      %s/console\n  API docs     %s/docs\n", dev.URL, dev.URL)
	if dev.UIURL != "" {
		fmt.Printf("  Temporal UI  %s\n", dev.UIURL)
	}
	if dev.Metrics != "" {
		fmt.Printf("  metrics      %s\n", dev.Metrics)
	}
	fmt.Print("Ctrl-C stops it.\n\n")
	select {
	case <-ctx.Done():
		fmt.Fprintln(os.Stderr, "stopping")
	case err = <-dev.Failed():
	}
	if stopped := dev.Stop(); err == nil {
		err = stopped
	}
	return err
}

// devConfig is the environment, with the names that other tools use for the parts that may be replaced.
func devConfig() (*config.Config, error) {
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	if url := os.Getenv("DATABASE_URL"); url != "" && cfg.OwnerDatabaseURL.IsZero() {
		cfg.OwnerDatabaseURL = secret.NewText(url)
	}
	if address := os.Getenv("TEMPORAL_ADDRESS"); address != "" && cfg.TemporalAddress == "" {
		cfg.TemporalAddress = address
	}
	return cfg, nil
}

// progress prints a line for every slow step with the time since the start.
func progress(start time.Time) func(string) {
	return func(step string) {
		fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(start).Seconds(), step)
	}
}
