package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/internal/webhook"
)

func listenCommand() *cli.Command {
	return &cli.Command{
		Name:  "listen",
		Usage: "print the account's events as they happen, and forward them, signed, to a server on this machine",
		Flags: remoteFlags(
			&cli.StringFlag{Name: "forward-to", Usage: "where to, such as http://localhost:3000/webhooks"},
			&cli.StringFlag{Name: "after", Usage: "begin behind this event (evt_…); from now on unless given"},
		),
		Action: withRemote(listen),
	}
}

const (
	// reconnectWait is how long a broken stream is left before it is followed again, unless the server says how long.
	reconnectWait = 2 * time.Second
	// mostReconnectWait bounds what a server may say: somebody waits for the events.
	mostReconnectWait = 5 * time.Minute
)

// listener follows an account's events and reconnects where it left off.
type listener struct {
	*remote
	behind string // event behind which it goes on
	target string
	secret secret.Text // signs what is forwarded; of this run only
	http   *http.Client
	notes  io.Writer // what is said beside the events: apart from them where a program reads those
}

func listen(ctx context.Context, c *cli.Command, r *remote) error {
	l := &listener{remote: r, behind: c.String("after"), target: c.String("forward-to"), secret: webhook.NewSecret(), http: &http.Client{}, notes: r.out}
	if r.json {
		l.notes = c.Root().ErrWriter
	}
	if l.target != "" {
		if u, err := url.Parse(l.target); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("--forward-to %q should look like http://localhost:3000/webhooks", l.target)
		}
		fmt.Fprintf(l.notes, "forwarding to %s, signed with %s\n", l.target, l.secret.Reveal())
	}
	return l.run(ctx)
}

// run follows the stream, again and again, until ctx ends or the server refuses it for good.
func (l *listener) run(ctx context.Context) error {
	said := ""
	for {
		err := l.follow(ctx)
		wait := reconnectWait
		var refused *refusedStream
		var postponed *postponedStream
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &refused):
			return err
		case errors.As(err, &postponed):
			wait = postponed.wait
			fmt.Fprintf(l.notes, "the stream is refused for now (%v); trying again in %s\n", err, wait.Round(time.Second))
		default:
			note := fmt.Sprintf("%v; trying again until it does\n", err)
			if l.behind != "" {
				note = fmt.Sprintf("the stream broke off (%v); going on behind %s\n", err, l.behind)
			}
			if note != said { // a server that stays away is told of once
				said = note
				fmt.Fprint(l.notes, note)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// refusedStream is an answer that trying again would not change.
type refusedStream struct{ error }

// postponedStream is an answer that asks to try again later.
type postponedStream struct {
	error
	wait time.Duration
}

// retryAfter is how long an answer asks to wait, in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(header http.Header, now time.Time) time.Duration {
	said := header.Get("Retry-After")
	wait := reconnectWait
	if seconds, err := strconv.ParseUint(said, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(said); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, time.Second), mostReconnectWait)
}

// follow reads one connection of the stream until it breaks off.
func (l *listener) follow(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(l.url, "/")+"/api/v1/events/stream", nil)
	if err != nil {
		return &refusedStream{err}
	}
	request.SetBasicAuth(l.key.Reveal(), "")
	if l.behind != "" {
		request.Header.Set("Last-Event-ID", l.behind)
	}
	response, err := l.http.Do(request)
	if err != nil {
		return l.unreachable("follow the events", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10)) // what there is of an explanation
		err := service.ResponseError("follow the events", response, body)
		if response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= http.StatusInternalServerError {
			return &postponedStream{err, retryAfter(response.Header, time.Now())}
		}
		return &refusedStream{err}
	}
	return l.read(ctx, response.Body)
}

// read takes server-sent events apart: lines of a field and its value, and an empty line behind each event.
func (l *listener) read(ctx context.Context, stream io.Reader) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	var id, kind string
	var data []byte
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = []byte(value)
		case "":
			switch {
			case len(data) > 0:
				l.take(ctx, id, kind, data)
				l.behind = id
			case id != "":
				fmt.Fprintf(l.notes, "following the events behind %s; Ctrl-C ends it\n", id)
				l.behind = id // the stream opens with where it begins
			}
			id, kind, data = "", "", nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the stream: %w", err)
	}
	return errors.New("the server closed it")
}

// take prints an event and forwards it.
func (l *listener) take(ctx context.Context, id, kind string, body []byte) {
	if l.json {
		fmt.Fprintf(l.out, "%s\n", body)
	} else {
		var event struct {
			Data struct {
				Object struct{ ID, Status string }
			}
		}
		_ = json.Unmarshal(body, &event) // what it does not have is not printed
		fmt.Fprintf(l.out, "%s  %s  %-28s %s %s\n", time.Now().Format(time.TimeOnly), id, kind, event.Data.Object.ID, event.Data.Object.Status)
	}
	if l.target == "" {
		return
	}
	if answer, err := l.forward(ctx, id, body); err != nil {
		fmt.Fprintf(l.notes, "          not forwarded: %v\n", err)
	} else {
		fmt.Fprintf(l.notes, "          %s answered %s\n", l.target, answer)
	}
}

// forward posts an event to the target as a delivery would, with a timeout like a delivery's.
func (l *listener) forward(ctx context.Context, id string, body []byte) (string, error) {
	headers, err := webhook.Sign(webhook.Message{ID: id, SentAt: time.Now(), Body: body}, []webhook.Secret{{Text: l.secret}})
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.target, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("--forward-to: %w", err)
	}
	request.Header = headers
	request.Header.Set("Content-Type", "application/json")
	response, err := l.http.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	return response.Status, nil
}
