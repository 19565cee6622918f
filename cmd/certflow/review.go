package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"certflow/api/client"
	"certflow/internal/service"
)

// The exit codes of `certflow review`, by verdict.
const (
	exitFlagged = 2
	exitDenied  = 3
	exitError   = 4
)

func reviewCommand() *cli.Command {
	return &cli.Command{
		Name: "review", ArgsUsage: "FILE.pdf",
		Usage: "upload a certificate, wait for the verdict and print it",
		Description: "Exits 0 when the certificate is approved, 2 when it is flagged, 3 when it is denied, 4 when it could not be read,\n" +
			"and 1 when something else went wrong.",
		Flags: remoteFlags(
			&cli.StringFlag{Name: "contractor", Required: true, Usage: "the contractor whom it is about (cn_…)"},
			&cli.DurationFlag{Name: "timeout", Value: 5 * time.Minute, Usage: "how long to wait"},
		),
		Action: withRemote(review),
	}
}

func review(ctx context.Context, c *cli.Command, r *remote) error {
	name := c.Args().First()
	if name == "" {
		return errors.New("name the file: certflow review --contractor cn_… certificate.pdf")
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open the certificate: %w", err)
	}
	defer file.Close()
	uploaded, err := service.Upload(ctx, r.ClientWithResponses, c.String("contractor"), filepath.Base(name), file)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Duration("timeout"))
	defer cancel()
	certificate, err := r.awaitVerdict(ctx, uploaded.ID)
	if err != nil {
		return err
	}
	if err := r.printVerdict(certificate); err != nil {
		return err
	}
	if code := exitCode(certificate.Status); code != 0 {
		return exitStatus(code)
	}
	return nil
}

func exitCode(status client.CertificateStatus) int {
	switch status {
	case client.CertificateStatusFlagged:
		return exitFlagged
	case client.CertificateStatusDenied:
		return exitDenied
	case client.CertificateStatusError:
		return exitError
	}
	return 0
}

// awaitVerdict asks until the review has ended, and shows on a terminal that it waits.
func (r *remote) awaitVerdict(ctx context.Context, id string) (*client.Certificate, error) {
	const frames = `|/-\`
	show := term.IsTerminal(int(os.Stderr.Fd()))
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		got, err := r.GetCertificateWithResponse(ctx, id, &client.GetCertificateParams{
			Expand: &client.Expand{client.ExpansionReviewResults, client.ExpansionReviewResultsFull},
		})
		if err != nil {
			return nil, r.unreachable("fetch the verdict of "+id, err)
		}
		if got.JSON200 == nil {
			return nil, service.ResponseError("fetch the verdict of "+id, got.HTTPResponse, got.Body)
		}
		open := got.JSON200.Status == client.CertificateStatusPending || got.JSON200.Status == client.CertificateStatusProcessing
		if show {
			fmt.Fprintf(os.Stderr, "\r%c %s %-12s", frames[n%len(frames)], id, got.JSON200.Status)
			if !open {
				fmt.Fprint(os.Stderr, "\r\033[K")
			}
		}
		if !open {
			return got.JSON200, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is still %s: look again with certflow certificates get %s", id, got.JSON200.Status, id)
		case <-tick.C:
		}
	}
}

func (r *remote) printVerdict(c *client.Certificate) error {
	if !r.json {
		fmt.Fprintf(r.out, "%s  %s  %s\n", c.ID, c.Filename, c.Status)
	}
	results := c.ReviewResults
	if results != nil && results.Error != nil && !r.json {
		fmt.Fprintf(r.out, "%s: %s\n", results.Error.Code, results.Error.Message)
		return nil
	}
	return r.print(c, "RULE\tRESULT\tMESSAGE", func(line func(...any)) {
		if results == nil || results.AuditResults == nil {
			return
		}
		for _, result := range *results.AuditResults {
			line(result.RuleName, result.Result, result.Message)
		}
	})
}

func certificatesCommand() *cli.Command {
	return &cli.Command{
		Name: "certificates", Usage: "list certificates, or show one",
		Commands: []*cli.Command{
			{
				Name: "list", Usage: "list certificates, newest first",
				Flags: remoteFlags(
					&cli.StringFlag{Name: "status", Usage: "pending, processing, approved, flagged, denied or error"},
					&cli.StringFlag{Name: "contractor", Usage: "a contractor's (cn_…)"},
					&cli.IntFlag{Name: "limit", Value: 20, Usage: "how many, up to 100"},
				),
				Action: withRemote(listCertificates),
			},
			{
				Name: "get", ArgsUsage: "ci_…", Usage: "show a certificate's verdict", Flags: remoteFlags(),
				Action: withRemote(func(ctx context.Context, c *cli.Command, r *remote) error {
					id := c.Args().First()
					if id == "" {
						return errors.New("name the certificate: certflow certificates get ci_…")
					}
					ctx, cancel := context.WithTimeout(ctx, time.Minute)
					defer cancel()
					certificate, err := r.awaitVerdict(ctx, id)
					if err != nil {
						return err
					}
					return r.printVerdict(certificate)
				}),
			},
		},
	}
}

func listCertificates(ctx context.Context, c *cli.Command, r *remote) error {
	limit, format := c.Int("limit"), client.ListFormatArray
	params := &client.ListCertificatesParams{Limit: &limit, ListFormat: &format}
	if status := client.CertificateStatus(c.String("status")); status != "" {
		params.Status = &status
	}
	if contractor := c.String("contractor"); contractor != "" {
		params.Contractor = &contractor
	}
	got, err := r.ListCertificatesWithResponse(ctx, params)
	if err != nil {
		return r.unreachable("list certificates", err)
	}
	if got.JSON200 == nil {
		return service.ResponseError("list certificates", got.HTTPResponse, got.Body)
	}
	list, err := got.JSON200.AsCertificateList0()
	if err != nil {
		return fmt.Errorf("read the list of certificates: %w", err)
	}
	return r.print(list, "ID\tSTATUS\tCONTRACTOR\tUPLOADED (UTC)\tFILE", func(line func(...any)) {
		for _, one := range list {
			line(one.ID, one.Status, one.Contractor, time.Unix(one.Created, 0).UTC().Format(time.DateTime), one.Filename)
		}
	})
}
