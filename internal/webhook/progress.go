package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

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
