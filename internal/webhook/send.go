package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"certflow/internal/telemetry"
)

const (
	// sendTime is all the time that one try may take (CONTRACT §7).
	sendTime = 15 * time.Second
	// answerTime is how long an answer's body may dribble in after its status:
	// the verdict is known by then, and the endpoint's next message waits.
	answerTime = 3 * time.Second
	// maxAnswerHeaders bounds the headers of an answer, in bytes.
	maxAnswerHeaders = 32 * 1024
	userAgent        = "Certflow-Webhooks/1"
)

// Sender makes single tries. It is safe for concurrent use.
//
// Every try has a connection of its own. Endpoints are many and messages to
// each of them few, so that a kept connection would mostly be found dead, which
// costs a try (a POST is not repeated by itself), and an address is judged when
// it is dialled, which thereby is always now. What repeats is only the TLS
// handshake, which sessions shorten.
type Sender struct {
	guard      *Guard
	resolver   *net.Resolver
	tls        *tls.Config
	userAgent  string
	sendTime   time.Duration
	answerTime time.Duration
}

// SenderOptions is what a Sender needs; only Guard must be given.
type SenderOptions struct {
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
	s := &Sender{
		guard:    o.Guard,
		resolver: o.Resolver,
		tls: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            o.RootCAs,
			ClientSessionCache: tls.NewLRUClientSessionCache(1024),
		},
		userAgent:  o.UserAgent,
		sendTime:   o.Timeout,
		answerTime: o.AnswerTimeout,
	}
	if s.guard == nil {
		s.guard = NewGuard(GuardOptions{})
	}
	if s.userAgent == "" {
		s.userAgent = userAgent
	}
	if s.sendTime == 0 {
		s.sendTime = sendTime
	}
	if s.answerTime == 0 {
		s.answerTime = answerTime
	}
	return s
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
// Whatever happens is a Result; ErrorCancelled, if ctx ends first. A trace shows the try, not its URL, and the receiver is not told of the trace.
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
	within, cancel := context.WithTimeout(ctx, s.sendTime)
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
	slow := time.AfterFunc(s.answerTime, cancel)
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

// stage is how far a try has come.
type stage int

const (
	stageResolve stage = iota
	stageConnect
	stageTLS
	stageAnswer
)

// progress follows one try, so that a failure can be named by where it
// happened. The transport dials in a goroutine of its own, which may outlive the
// try for a moment.
type progress struct {
	mu      sync.Mutex
	stage   stage
	addr    netip.Addr
	refusal *RefusedError
}

func (p *progress) reach(s stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = max(p.stage, s)
}

// dialling notes an address that was judged; of several, a refused one is kept.
func (p *progress) dialling(address string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = max(p.stage, stageConnect)
	var refusal *RefusedError
	isRefused := errors.As(err, &refusal)
	if p.refusal != nil && !isRefused {
		return
	}
	if addrPort, err := netip.ParseAddrPort(address); err == nil {
		p.addr = addrPort.Addr().Unmap().WithZone("")
	}
	p.refusal = refusal
}

// connected notes whom the connection is to.
func (p *progress) connected(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if addrPort, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		p.addr, p.refusal = addrPort.Addr().Unmap(), nil
	}
}

func (p *progress) remote() netip.Addr {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

// failure names an error for which no status came. Stages count more than the
// error's type: a connection that closes during the handshake is a matter of
// TLS, whatever closed it.
func (p *progress) failure(caller, within context.Context, err error) Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	result := Result{RemoteIP: p.addr}
	var timeout net.Error
	isTimeout := within.Err() != nil || errors.As(err, &timeout) && timeout.Timeout()
	var dns *net.DNSError
	switch {
	case caller.Err() != nil:
		result.Error, result.Detail = ErrorCancelled, "the try was given up before an answer came"
	case p.refusal != nil:
		result = refusedResult(ErrorRefusedAddress, p.refusal)
		result.RemoteIP = p.addr
	case errors.As(err, &dns):
		result.Error, result.Detail = ErrorDNS, dnsDetail(dns)
	case isTimeout:
		result.Error, result.Detail = ErrorTimeout, timeoutDetail(p.stage)
	case p.stage == stageResolve:
		result.Error, result.Detail = ErrorDNS, "the host's address could not be found"
	case p.stage == stageConnect:
		result.Error, result.Detail = ErrorConnect, connectDetail(err)
	case p.stage == stageTLS:
		result.Error, result.Detail = ErrorTLS, tlsDetail(err)
	case isBroken(err):
		result.Error, result.Detail = ErrorReset, "the connection broke before an answer came"
	default:
		result.Error, result.Detail = ErrorProtocol, "what came was not an HTTP answer, or its headers were too large"
	}
	return result
}

func refusedResult(class ErrorClass, err error) Result {
	result := Result{Error: class, Detail: err.Error()}
	var refusal *RefusedError
	if errors.As(err, &refusal) {
		result.Refusal = refusal.Refusal
	}
	return result
}

func dnsDetail(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "the host's name does not resolve"
	case err.IsTimeout:
		return "the name server did not answer in time"
	}
	return "the name server could not say what the host's address is"
}

func timeoutDetail(at stage) string {
	switch at {
	case stageResolve:
		return "time ran out while the host's name was looked up"
	case stageConnect:
		return "time ran out while connecting"
	case stageTLS:
		return "time ran out during the TLS handshake"
	}
	return "time ran out before an answer came"
}

func connectDetail(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at the address and port"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "the address cannot be reached"
	}
	return "no connection could be made"
}

func tlsDetail(err error) string {
	var hostname x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &hostname):
		return "the TLS certificate is for another host"
	case errors.As(err, &authority):
		return "the TLS certificate is not from an authority that is trusted"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the TLS certificate has expired or is not yet valid"
	case errors.As(err, &invalid):
		return "the TLS certificate is not valid"
	case errors.As(err, &record):
		return "the port does not speak TLS"
	}
	return "the TLS handshake failed; TLS 1.2 or newer is needed"
}

// isBroken reports whether a connection ended rather than said something wrong.
func isBroken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, net.ErrClosed)
}
