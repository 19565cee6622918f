// Package telemetry is what logs and traces have in common: the ids by which an operator follows one certificate through the
// processes. A context carries them; every line of the log and every span made with that context shows them. Only ids, codes and names of
// ours go into either, never what a person wrote: no file name, no path or query of a request, no text of a query to the database.
package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
)

// IDs say what is being worked on. Empty ones are left out.
type IDs struct {
	Request     string // of the HTTP request: req-…
	Account     string
	Certificate string
	Job         string
	Delivery    string
	Endpoint    string
	Workflow    string // the workflow's id
	Run         string // and the run's
	Activity    string // the activity's name
}

func (i IDs) pairs() [9][2]string {
	return [...][2]string{
		{"request", i.Request}, {"account", i.Account}, {"certificate", i.Certificate}, {"job", i.Job}, {"delivery", i.Delivery},
		{"endpoint", i.Endpoint}, {"workflow", i.Workflow}, {"run", i.Run}, {"activity", i.Activity},
	}
}

// attributes are the ids as a span shows them: certflow.account and so on.
func (i IDs) attributes() []attribute.KeyValue {
	var out []attribute.KeyValue
	for _, pair := range i.pairs() {
		if pair[1] != "" {
			out = append(out, attribute.String("certflow."+pair[0], pair[1]))
		}
	}
	return out
}

func (i IDs) logged() []slog.Attr {
	var out []slog.Attr
	for _, pair := range i.pairs() {
		if pair[1] != "" {
			out = append(out, slog.String(pair[0], pair[1]))
		}
	}
	return out
}

// over is i where it says something, else beneath.
func (i IDs) over(beneath IDs) IDs {
	for _, field := range []struct{ to, from *string }{
		{&i.Request, &beneath.Request}, {&i.Account, &beneath.Account}, {&i.Certificate, &beneath.Certificate}, {&i.Job, &beneath.Job},
		{&i.Delivery, &beneath.Delivery}, {&i.Endpoint, &beneath.Endpoint}, {&i.Workflow, &beneath.Workflow}, {&i.Run, &beneath.Run},
		{&i.Activity, &beneath.Activity},
	} {
		if *field.to == "" {
			*field.to = *field.from
		}
	}
	return i
}

type idsKey struct{}

// With adds ids to those that a context carries; what is given replaces what was there.
func With(ctx context.Context, ids IDs) context.Context {
	return context.WithValue(ctx, idsKey{}, ids.over(Of(ctx)))
}

// Of is the ids that a context carries.
func Of(ctx context.Context) IDs {
	ids, _ := ctx.Value(idsKey{}).(IDs)
	return ids
}
