package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"certflow/internal/telemetry"
)

const (
	// defaultTimeout is all the time that one try may take (CONTRACT §7).
	defaultTimeout = 15 * time.Second
	// defaultAnswerTimeout is how long an answer's body may dribble in after its status:
	// the verdict is known by then, and the endpoint's next message waits.
	defaultAnswerTimeout = 3 * time.Second
	// maxAnswerHeaders bounds the headers of an answer, in bytes.
	maxAnswerHeaders = 32 * 1024
	defaultUserAgent = "Certflow-Webhooks/1"
)

// Sender makes single tries. It is safe for concurrent use.
//
// Every try has a connection of its own. Endpoints are many and messages to
// each of them few, so that a kept connection would mostly be found dead, which
// costs a try (a POST is not repeated by itself), and an address is judged when
// it is dialled, which thereby is always now. What repeats is only the TLS
// handshake, which sessions shorten.
type Sender struct {
	guard         *Guard
	resolver      *net.Resolver
	tls           *tls.Config
	userAgent     string
	timeout       time.Duration
	answerTimeout time.Duration
}

// SenderOptions are what a Sender can be given; the zero options are those of production.
type SenderOptions struct {
	// Guard says where messages may go; nil: that of the zero GuardOptions.
	Guard *Guard
	// Resolver finds addresses; nil: the system's.
	Resolver *net.Resolver
	// RootCAs are trusted; nil: the system's.
	RootCAs *x509.CertPool
	// UserAgent replaces Certflow-Webhooks/1.
	UserAgent string
	// Timeout is all the time that one try may take; 0: 15 s.
	Timeout time.Duration
	// AnswerTimeout is how much of that an answer's body may take after its
	// status came; 0: 3 s.
	AnswerTimeout time.Duration
}

// NewSender makes a Sender.
func NewSender(o SenderOptions) *Sender {
	guard := o.Guard
	if guard == nil {
		guard = NewGuard(GuardOptions{})
	}
	return &Sender{
		guard:    guard,
		resolver: o.Resolver,
		tls: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            o.RootCAs,
			ClientSessionCache: tls.NewLRUClientSessionCache(1024),
		},
		userAgent:     cmp.Or(o.UserAgent, defaultUserAgent),
		timeout:       cmp.Or(o.Timeout, defaultTimeout),
		answerTimeout: cmp.Or(o.AnswerTimeout, defaultAnswerTimeout),
	}
}

// Request is one message on its way to one endpoint.
type Request struct {
	URL string
	// Header holds the signatures, as Sign returns them. What else a request
	// needs is the Sender's.
	Header http.Header
	Body   []byte
}

// Send posts one message, once: no redirect is followed, no cookie kept, no
// proxy of the environment used, and no address dialled that the guard refuses.
// Whatever happens is a Result; ErrorCancelled, if ctx ends first. A trace shows
// the try, not its URL, and the receiver is not told of the trace.
func (s *Sender) Send(ctx context.Context, r Request) Result {
	ctx, span := telemetry.Start(ctx, "POST webhook", trace.SpanKindClient, attribute.String("http.request.method", http.MethodPost))
	defer span.End()
	started := time.Now()
	result := s.send(ctx, r)
	result.Duration = time.Since(started)
	if result.Status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", result.Status))
	}
	if result.Error != "" {
		telemetry.Fail(span, string(result.Error))
	}
	return result
}

func (s *Sender) send(ctx context.Context, r Request) Result {
	u, err := s.guard.ParseURL(r.URL)
	if err != nil {
		return refusedResult(ErrorRefusedURL, err)
	}
	within, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	progress := &progress{stage: stageResolve}
	request, err := http.NewRequestWithContext(within, http.MethodPost, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return Result{Error: ErrorRequest, Detail: "the message could not be made into a request"}
	}
	request.Header = maps.Clone(r.Header)
	if request.Header == nil {
		request.Header = http.Header{}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", s.userAgent)

	// RoundTrip, not a Client: that one would follow redirects and keep cookies.
	response, err := s.transport(within, progress).RoundTrip(request)
	if err != nil {
		return progress.failure(ctx, within, err)
	}
	defer response.Body.Close()
	result := Result{
		Status:     response.StatusCode,
		RemoteIP:   progress.remote(),
		RetryAfter: ParseRetryAfter(response.Header.Get("Retry-After"), time.Now()),
	}
	slow := time.AfterFunc(s.answerTimeout, cancel)
	defer slow.Stop()
	result.Answer, result.AnswerNote = readAnswer(within, response)
	switch {
	case result.Status >= 200 && result.Status <= 299:
		result.RetryAfter = 0
	case result.Status >= 300 && result.Status <= 399:
		result.Error = ErrorRedirect
		result.Detail = fmt.Sprintf("the endpoint answered %d; redirects are not followed", result.Status)
	default:
		result.Error = ErrorStatus
		result.Detail = fmt.Sprintf("the endpoint answered %d", result.Status)
	}
	return result
}

// transport serves one try. It dials in within, because http.Transport itself
// lets a connection go on being made when the request that wanted it is over: a
// receiver that hangs in the handshake would keep it for ever.
func (s *Sender) transport(within context.Context, p *progress) *http.Transport {
	dialer := &net.Dialer{
		Resolver: s.resolver,
		Control: func(network, address string, conn syscall.RawConn) error {
			err := s.guard.Control(network, address, conn)
			p.dialling(address, err)
			return err
		},
	}
	dial := func(network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(within, network, address)
		if err != nil {
			return nil, err
		}
		p.connected(conn)
		deadline, _ := within.Deadline()
		if err := conn.SetDeadline(deadline); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return conn, nil
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(network, address)
			if err == nil {
				p.reach(stageAnswer)
			}
			return conn, err
		},
		DialTLSContext: func(_ context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(network, address)
			if err != nil {
				return nil, err
			}
			p.reach(stageTLS)
			secured := tls.Client(conn, s.tlsFor(address))
			if err := secured.HandshakeContext(within); err != nil {
				_ = conn.Close()
				return nil, err
			}
			p.reach(stageAnswer)
			return secured, nil
		},
		Protocols:              protocols,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxAnswerHeaders,
	}
}

// tlsFor returns the settings for the host of a host:port.
func (s *Sender) tlsFor(address string) *tls.Config {
	config := s.tls.Clone()
	if host, _, err := net.SplitHostPort(address); err == nil {
		config.ServerName = strings.TrimSuffix(host, ".")
	}
	return config
}
