// Command certflow reviews certificates of insurance. One binary is every process of the service, the development stack, and the tools
// for operators; `certflow help` lists them.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"certflow/internal/telemetry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command().Run(ctx, os.Args)
	stop()
	var told exitStatus
	if errors.As(err, &told) {
		os.Exit(int(told))
	}
	var unknown *unknownCommand
	if err != nil {
		fmt.Fprintln(os.Stderr, "certflow:", err)
		if errors.As(err, &unknown) {
			os.Exit(exitUsage)
		}
		os.Exit(1)
	}
}

// command is the whole command line.
func command() *cli.Command {
	return strict(&cli.Command{
		Name:                  "certflow",
		Usage:                 "review certificates of insurance",
		Version:               version(),
		EnableShellCompletion: true,
		ConfigureShellCompletionCommand: func(c *cli.Command) {
			c.Hidden, c.Usage = false, "print the completions of a shell: bash, zsh, fish or pwsh"
			strict(c)
		},
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "log-level", Usage: "debug, info, warn or error; info, but warn for dev and demo, whose output is for people", Sources: cli.EnvVars("CERTFLOW_LOG_LEVEL")},
			&cli.StringFlag{Name: "log-format", Usage: "json or text; json, but text for dev and demo", Sources: cli.EnvVars("CERTFLOW_LOG_FORMAT")},
		},
		Before: func(ctx context.Context, c *cli.Command) (context.Context, error) {
			level, format := "info", "json"
			if command := c.Args().First(); command == "dev" || command == "demo" {
				level, format = "warn", "text"
			}
			return ctx, setLogger(cmp.Or(c.String("log-level"), level), cmp.Or(c.String("log-format"), format))
		},
		ExitErrHandler: func(context.Context, *cli.Command, error) {}, // main prints, once
		Commands: []*cli.Command{
			devCommand(), demoCommand(),
			apiCommand(), workerCommand(), migrateCommand(),
			accountsCommand(), keysCommand(),
			reviewCommand(), certificatesCommand(), listenCommand(), triggerCommand(), eventsCommand(),
			readCommand(), evalCommand(), benchCommand(), chaosCommand(), samplesCommand(), doctorCommand(), readerChildCommand(),
		},
	})
}

// inSeconds writes durations in JSON as seconds, like the metrics, where slog would write nanoseconds.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

// exitStatus ends the program with a status and without a word: the command has said what there is to say.
type exitStatus int

// Error names the status.
func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// setLogger makes structured logging to stderr the default.
func setLogger(level, format string) error {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return fmt.Errorf("--log-level %q should be debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: l}
	switch format {
	case "json":
		options.ReplaceAttr = inSeconds
		slog.SetDefault(slog.New(telemetry.Handler(slog.NewJSONHandler(os.Stderr, options))))
	case "text":
		slog.SetDefault(slog.New(telemetry.Handler(slog.NewTextHandler(os.Stderr, options))))
	default:
		return fmt.Errorf("--log-format %q should be json or text", format)
	}
	return nil
}
