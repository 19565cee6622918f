package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/eval"
	"certflow/internal/reader"
)

func evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "measure reading against certificates with known truth (DIR/certificates, DIR/truth), or generated ones",
		ArgsUsage: "[DIR]",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "generated", Usage: "measure so many generated certificates too, each as form and as text"},
			&cli.IntFlag{Name: "scans", Usage: "and so many generated scans"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "of what is generated"},
			&cli.FloatFlag{Name: "confidence", Value: eval.DefaultConfidence, Usage: "from which a value may decide"},
			&cli.IntFlag{Name: "parallel", Value: 1, Usage: "certificates read at the same time; times are comparable with 1"},
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
			&cli.StringFlag{Name: "samples", Usage: "read scores in place of confidences and add them to this file, from which they are calibrated (CONTRIBUTING.md)"},
			&cli.FloatFlag{Name: "min-form", Usage: "exit 1 where less than this share of the fields of forms is right"},
			&cli.FloatFlag{Name: "min-text", Usage: "the same for text"},
			&cli.FloatFlag{Name: "min-scan", Usage: "the same for pages without a text layer"},
			&cli.IntFlag{Name: "max-sure", Value: math.MaxInt, DefaultText: "not asked", Usage: "exit 1 with more wrong or invented values than this in fields that rules judge, at that confidence"},
			&cli.FloatFlag{Name: "max-overconfident", Usage: "exit 1 where confidence exceeds the share of values that are right by more than this, 0–1; 0 does not ask"},
			&cli.IntFlag{Name: "max-mistaken", Value: math.MaxInt, DefaultText: "not asked", Usage: "exit 1 with more documents than this refused or read by mistake"},
		},
		Action: runEval,
	}
}

func runEval(ctx context.Context, c *cli.Command) error {
	options := eval.Options{
		Dir: c.Args().First(), Generated: c.Int("generated"), Scans: c.Int("scans"), Seed: c.Uint64("seed"),
		Today: certificate.DateOf(time.Now().UTC()), Confidence: c.Float("confidence"), Parallel: c.Int("parallel"), JSON: c.Bool("json"),
	}
	if options.Dir == "" && options.Generated+options.Scans == 0 {
		return errors.New("name a folder with certificates/ and truth/, or give --generated or --scans")
	}
	r, err := localReader()
	if err != nil {
		return err
	}
	defer r.Close()
	read := func(ctx context.Context, pdf []byte) (*certificate.Reading, error) {
		return readPages(ctx, r, pdf, analysedPages)
	}
	if name := c.String("samples"); name != "" {
		samples, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("open the file for samples: %w", err)
		}
		defer samples.Close()
		options.Samples = samples
		read = func(ctx context.Context, pdf []byte) (*certificate.Reading, error) {
			short, err := r.Trim(ctx, pdf, analysedPages)
			if err != nil {
				return nil, err
			}
			return r.Score(ctx, short)
		}
	}
	report, err := eval.Run(ctx, options, read, c.Root().Writer)
	if err != nil {
		return err
	}
	return report.Check(eval.Thresholds{
		FormRight: c.Float("min-form"), TextRight: c.Float("min-text"), ScanRight: c.Float("min-scan"),
		Sure: c.Int("max-sure"), Mistaken: c.Int("max-mistaken"), Overconfident: c.Float("max-overconfident"),
	})
}

// analysedPages is how many pages an account has read unless it says otherwise (CONTRACT §2).
const analysedPages = 2

// localReader is the reader of commands that need no server.
func localReader() (*reader.Reader, error) {
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	program, err := reader.Program()
	if err != nil {
		return nil, err
	}
	return reader.New(cfg, program)
}

// readPages reads a document as a review does: the first pages, trimmed.
func readPages(ctx context.Context, r *reader.Reader, pdf []byte, pages int) (*certificate.Reading, error) {
	short, err := r.Trim(ctx, pdf, pages)
	if err != nil {
		return nil, err
	}
	return r.Read(ctx, short, func() {})
}
