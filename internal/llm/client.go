package llm

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

// maxAnswer bounds what is read of one answer: a certificate is some 10 kB.
const maxAnswer = 8 << 20

// newClient makes the HTTP client of a model. It follows no redirect, since that would take the key elsewhere, and reads no
// endless answer. Requests end with their context.
func newClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8,
		TLSHandshakeTimeout: 15 * time.Second, IdleConnTimeout: 90 * time.Second}
	return &http.Client{Transport: bounded{transport}}
}

// bounded is a transport whose answers end at maxAnswer and redirect nowhere.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		_ = res.Body.Close()
		return nil, &failure{status: res.StatusCode, kind: "redirect"}
	}
	// A page for people or a whole JSON document instead of the stream that was asked for comes from something that is no such API.
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode == http.StatusOK && (kind == "text/html" || kind == "application/json") {
		_ = res.Body.Close()
		return nil, &failure{status: res.StatusCode, kind: kindNoStream}
	}
	res.Body = &boundedBody{ReadCloser: res.Body, left: maxAnswer}
	return res, nil
}

// kindNoStream is the kind of a failure to stream.
const kindNoStream = "no_stream"

var errTooLong = errors.New("the answer is too long")

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read fails once the bound is passed, so that a cut answer is not taken for a whole one.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
