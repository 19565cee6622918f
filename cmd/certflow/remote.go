package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/urfave/cli/v3"

	"certflow/api/client"
	"certflow/internal/secret"
	"certflow/internal/service"
)

// remoteFlags say which API a command talks to. Against a server on this machine the development key is the default.
func remoteFlags(more ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "url", Value: "http://127.0.0.1:8080", Usage: "the API", Sources: cli.EnvVars("CERTFLOW_URL")},
		&cli.StringFlag{Name: "key", Usage: "the API key; the development key for a server on this machine", Sources: cli.EnvVars("CERTFLOW_API_KEY")},
		jsonFlag(),
	}, more...)
}

// remote is the API that a command talks to.
type remote struct {
	*client.ClientWithResponses
	url  string
	key  secret.Text
	json bool
	out  io.Writer
}

// withRemote gives a command its API.
func withRemote(do func(context.Context, *cli.Command, *remote) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		r := &remote{url: c.String("url"), key: secret.NewText(c.String("key")), json: c.Bool("json"), out: c.Root().Writer}
		u, err := url.Parse(r.url)
		if err != nil || u.Host == "" {
			return fmt.Errorf("--url %q should look like https://certflow.example.com", r.url)
		}
		if r.key.IsZero() {
			if host := u.Hostname(); host != "127.0.0.1" && host != "localhost" && host != "::1" {
				return errors.New("no API key: give --key or set CERTFLOW_API_KEY")
			}
			r.key = secret.NewText(service.DevKey)
		}
		if r.ClientWithResponses, err = service.Client(r.url, r.key); err != nil {
			return err
		}
		return do(ctx, c, r)
	}
}

// unreachable adds the remedy to an error of the network.
func (r *remote) unreachable(doing string, err error) error {
	var request *url.Error // it names the address once more, with every parameter
	if errors.As(err, &request) {
		err = request.Err
	}
	return fmt.Errorf("%s: %s does not answer (is `certflow dev` running, or --url right?): %w", doing, r.url, err)
}

// print prints a value as JSON, or as the rows of a table.
func (r *remote) print(value any, heading string, rows func(line func(cells ...any))) error {
	return printed(r.out, r.json, value, heading, rows)
}
