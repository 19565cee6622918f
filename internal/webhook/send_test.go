package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// local is a Sender that may reach loopback, as in development.
func local(o SenderOptions) *Sender {
	if o.Guard == nil {
		o.Guard = NewGuard(GuardOptions{AllowHTTP: true, AllowedRanges: LoopbackRanges()})
	}
	return NewSender(o)
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// accept hands every raw connection of a listener to a function and then closes
// it.
func accept(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr().String()
}

func message(url string) Request { return Request{URL: url, Body: []byte("{}")} }

// story is the part of a result that a test foretells.
type story struct {
	Status     int
	Error      ErrorClass
	Detail     string
	Refusal    Refusal
	Answer     string
	AnswerNote AnswerNote
	RetryAfter time.Duration
}

func tell(r Result) story {
	return story{r.Status, r.Error, r.Detail, r.Refusal, r.Answer, r.AnswerNote, r.RetryAfter}
}

func TestEachKindOfReceiverHasItsStory(t *testing.T) {
	t.Parallel()
	answer := func(status int, header http.Header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range header {
				w.Header()[name] = values
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    story
	}{
		"200": {answer(200, nil, "thanks"), story{Status: 200, Answer: "thanks"}},
		"204": {answer(204, nil, ""), story{Status: 204}},
		"200 with a Retry-After, which means nothing": {
			answer(200, http.Header{"Retry-After": {"60"}}, ""), story{Status: 200},
		},
		"500": {answer(500, nil, "oops"), story{Status: 500, Error: ErrorStatus, Detail: "the endpoint answered 500", Answer: "oops"}},
		"410": {answer(410, nil, ""), story{Status: 410, Error: ErrorStatus, Detail: "the endpoint answered 410"}},
		"429 with Retry-After": {
			answer(429, http.Header{"Retry-After": {"120"}}, ""),
			story{Status: 429, Error: ErrorStatus, Detail: "the endpoint answered 429", RetryAfter: 2 * time.Minute},
		},
		"308 to a private address": {
			answer(308, http.Header{"Location": {"http://10.0.0.1/"}}, ""),
			story{Status: 308, Error: ErrorRedirect, Detail: "the endpoint answered 308; redirects are not followed"},
		},
		"302 to the metadata service": {
			answer(302, http.Header{"Location": {"http://169.254.169.254/latest/meta-data/"}}, "moved"),
			story{Status: 302, Error: ErrorRedirect, Detail: "the endpoint answered 302; redirects are not followed", Answer: "moved"},
		},
		"304": {answer(304, nil, ""), story{Status: 304, Error: ErrorRedirect, Detail: "the endpoint answered 304; redirects are not followed"}},
		"an answer that is not UTF-8 and holds NUL": {
			answer(200, nil, "a\x00b\xffc"), story{Status: 200, Answer: "a\uFFFDb\uFFFDc"},
		},
		"an answer of 16 kB": {
			answer(200, nil, strings.Repeat("x", 16384)), story{Status: 200, Answer: strings.Repeat("x", 16384)},
		},
		"an answer of 16 kB and a byte": {
			answer(200, nil, strings.Repeat("x", 16385)),
			story{Status: 200, Answer: strings.Repeat("x", 16384), AnswerNote: AnswerCut},
		},
		"an answer that ends within a character at 16 kB": {
			answer(200, nil, strings.Repeat("x", 16383)+"é"),
			story{Status: 200, Answer: strings.Repeat("x", 16383), AnswerNote: AnswerCut},
		},
		"an answer in brotli, which was not asked for": {
			answer(200, http.Header{"Content-Encoding": {"br"}}, "???"), story{Status: 200, AnswerNote: AnswerEncoded},
		},
		"an answer that says gzip and is not": {
			answer(500, http.Header{"Content-Encoding": {"gzip"}}, "plain text"),
			story{Status: 500, Error: ErrorStatus, Detail: "the endpoint answered 500", AnswerNote: AnswerBroken},
		},
		"an answer in gzip": {
			answer(200, http.Header{"Content-Encoding": {"gzip"}}, packed(strings.NewReader("hello"))),
			story{Status: 200, Answer: "hello"},
		},
		"an empty answer that says gzip": {
			answer(200, http.Header{"Content-Encoding": {"gzip"}}, ""), story{Status: 200},
		},
		"a connection reset before an answer": {
			hijack(func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }),
			story{Error: ErrorReset, Detail: "the connection broke before an answer came"},
		},
		"a connection closed before an answer": {
			hijack(func(net.Conn) {}),
			story{Error: ErrorReset, Detail: "the connection broke before an answer came"},
		},
		"an answer that breaks off": {
			hijack(func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }),
			story{Status: 200, Answer: "half", AnswerNote: AnswerBroken},
		},
		"an answer that is not HTTP": {
			hijack(func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mail.example ESMTP\r\n") }),
			story{Error: ErrorProtocol, Detail: "what came was not an HTTP answer, or its headers were too large"},
		},
		"headers of 64 kB": {
			answer(200, http.Header{"X-Large": {strings.Repeat("x", 64*1024)}}, "ok"),
			story{Error: ErrorProtocol, Detail: "what came was not an HTTP answer, or its headers were too large"},
		},
		"an endless stream of early hints": {
			hijack(func(conn net.Conn) {
				for {
					if _, err := io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"); err != nil {
						return
					}
				}
			}),
			story{Error: ErrorProtocol, Detail: "what came was not an HTTP answer, or its headers were too large"},
		},
		"a switch of protocols": {
			hijack(func(conn net.Conn) {
				_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			}),
			story{Status: 101, Error: ErrorStatus, Detail: "the endpoint answered 101"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := local(SenderOptions{}).Send(t.Context(), message(serve(t, c.handler).URL))
			if diff := cmp.Diff(c.want, tell(result)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if result.RemoteIP != netip.MustParseAddr("127.0.0.1") || result.Duration <= 0 {
				t.Errorf("remote IP %v, duration %v", result.RemoteIP, result.Duration)
			}
			if result.Succeeded() != (c.want.Status/100 == 2) {
				t.Errorf("succeeded = %v", result.Succeeded())
			}
		})
	}
}

// hangUp waits until the sender closes the connection, which the server notices
// only when it has read the body.
func hangUp(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// hijack answers with raw bytes and closes the connection.
func hijack(answer func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		answer(conn)
		_ = conn.Close()
	}
}

func packed(r io.Reader) string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = io.Copy(w, r)
	_ = w.Close()
	return b.String()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestAGzipBombCostsNoMoreThanAnyAnswer(t *testing.T) {
	t.Parallel()
	const unpacked = 64 << 20
	bomb := packed(io.LimitReader(zeros{}, unpacked))
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, bomb)
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	result := local(SenderOptions{}).Send(t.Context(), message(server.URL))
	runtime.ReadMemStats(&after)
	want := story{Status: 200, Answer: strings.Repeat("a", 16384), AnswerNote: AnswerCut}
	if diff := cmp.Diff(want, tell(result)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Other tests run meanwhile, but all of them together take less than half of the bomb.
	if grown := after.TotalAlloc - before.TotalAlloc; grown > unpacked/2 {
		t.Errorf("%d MB were allocated for a bomb of %d MB", grown>>20, unpacked>>20)
	}
}

func TestASlowAnswerIsCutAndItsStatusCounts(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "so far")
		_ = http.NewResponseController(w).Flush()
		hangUp(r)
	})
	// What comes before the cut must come in time on a machine that stands still for a moment, too.
	for name, options := range map[string]SenderOptions{
		"by the time for answers":      {Timeout: time.Minute, AnswerTimeout: 2 * time.Second},
		"by the time of the whole try": {Timeout: 2 * time.Second, AnswerTimeout: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := local(options).Send(t.Context(), message(server.URL))
			if diff := cmp.Diff(story{Status: 200, Answer: "so far", AnswerNote: AnswerSlow}, tell(result)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !result.Succeeded() || result.Duration > 30*time.Second {
				t.Errorf("succeeded = %v after %v", result.Succeeded(), result.Duration)
			}
		})
	}
}

func TestAReceiverThatHangsEndsInATimeoutWhereverItHangs(t *testing.T) {
	t.Parallel()
	hang := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	for name, c := range map[string]struct{ url, detail string }{
		"before its status":    {"http://" + accept(t, hang), "time ran out before an answer came"},
		"in the TLS handshake": {"https://" + accept(t, hang), "time ran out during the TLS handshake"},
		"in the middle of headers": {"http://" + accept(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: ")
			hang(conn)
		}), "time ran out before an answer came"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const timeout = 2 * time.Second // in which it comes to where it hangs
			result := local(SenderOptions{Timeout: timeout}).Send(t.Context(), message(c.url))
			if diff := cmp.Diff(story{Error: ErrorTimeout, Detail: c.detail}, tell(result)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if result.Duration < timeout || result.Duration > 30*time.Second {
				t.Errorf("it took %v", result.Duration)
			}
		})
	}
}

func TestATryThatWeGiveUpOurselvesIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		hangUp(r)
	})
	result := local(SenderOptions{}).Send(ctx, message(server.URL))
	if result.Error != ErrorCancelled || result.Status != 0 {
		t.Errorf("%+v, want cancelled", tell(result))
	}
}

func TestNothingListening(t *testing.T) {
	t.Parallel()
	// A port that no other test is given.
	result := local(SenderOptions{}).Send(t.Context(), message("http://127.0.0.1:1"))
	want := story{Error: ErrorConnect, Detail: "nothing listens at the address and port"}
	if diff := cmp.Diff(want, tell(result)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyGoodTLSWillDo(t *testing.T) {
	t.Parallel()
	start := func(configure func(*httptest.Server)) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.TLS = &tls.Config{}
		server.Config.ErrorLog = quiet()
		configure(server)
		server.StartTLS()
		t.Cleanup(server.Close)
		return server
	}
	trusting := func(s *httptest.Server) *x509.CertPool {
		pool := x509.NewCertPool()
		pool.AddCert(s.Certificate())
		return pool
	}
	good := start(func(*httptest.Server) {})
	tls12 := start(func(s *httptest.Server) { s.TLS.MaxVersion = tls.VersionTLS12 })
	tls11 := start(func(s *httptest.Server) { s.TLS.MinVersion, s.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		url  string
		pool *x509.CertPool
		want story
	}{
		"TLS 1.3":                  {good.URL, trusting(good), story{Status: 200}},
		"TLS 1.2":                  {tls12.URL, trusting(tls12), story{Status: 200}},
		"TLS 1.1":                  {tls11.URL, trusting(tls11), story{Error: ErrorTLS, Detail: "the TLS handshake failed; TLS 1.2 or newer is needed"}},
		"an unknown authority":     {good.URL, x509.NewCertPool(), story{Error: ErrorTLS, Detail: "the TLS certificate is not from an authority that is trusted"}},
		"another host":             {strings.Replace(good.URL, "127.0.0.1", "localhost", 1), trusting(good), story{Error: ErrorTLS, Detail: "the TLS certificate is for another host"}},
		"a port without TLS":       {strings.Replace(plain.URL, "http:", "https:", 1), nil, story{Error: ErrorTLS, Detail: "the port does not speak TLS"}},
		"a close in the handshake": {"https://" + accept(t, func(net.Conn) {}), nil, story{Error: ErrorTLS, Detail: "the TLS handshake failed; TLS 1.2 or newer is needed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := local(SenderOptions{RootCAs: c.pool}).Send(t.Context(), message(c.url))
			if diff := cmp.Diff(c.want, tell(result)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestARequestIsOnePostWithOurHeadersOnly(t *testing.T) {
	t.Parallel()
	type seen struct {
		Method, URI, Proto, Body string
		Header                   http.Header
	}
	requests := make(chan seen, 2)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		requests <- seen{r.Method, r.RequestURI, r.Proto, string(body), r.Header}
	})
	sent := http.Header{"Webhook-Id": {"evt_1"}, "User-Agent": {"forged"}}
	sender := local(SenderOptions{})
	want := seen{"POST", "/hook?a=b%20c", "HTTP/1.1", `{"a":1}`, http.Header{
		"Accept-Encoding": {"identity"},
		"Connection":      {"close"},
		"Content-Length":  {"7"},
		"Content-Type":    {"application/json"},
		"User-Agent":      {"Certflow-Webhooks/1"},
		"Webhook-Id":      {"evt_1"},
	}}
	for range 2 {
		result := sender.Send(t.Context(), Request{URL: server.URL + "/hook?a=b%20c", Header: sent, Body: []byte(`{"a":1}`)})
		if !result.Succeeded() {
			t.Fatalf("%+v", tell(result))
		}
		if diff := cmp.Diff(want, <-requests); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(http.Header{"Webhook-Id": {"evt_1"}, "User-Agent": {"forged"}}, sent); diff != "" {
		t.Errorf("the caller's headers were changed: %s", diff)
	}
}

// Not parallel: it sets the environment.
func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	var proxied atomic.Bool
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { proxied.Store(true) })
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	result := local(SenderOptions{Resolver: nameServer(t, map[string][]string{})}).Send(t.Context(), message("http://receiver.example/"))
	if proxied.Load() || result.Error != ErrorDNS {
		t.Errorf("proxied = %v, %+v; want a name that does not resolve", proxied.Load(), tell(result))
	}
}

func TestHostileURLsAreRefusedAgainWhenTheyAreDialled(t *testing.T) {
	t.Parallel()
	sender := NewSender(SenderOptions{})
	for _, c := range hostile() {
		result := sender.Send(t.Context(), message(c.url))
		if result.Error != ErrorRefusedURL || result.Refusal != c.want || result.Detail == "" {
			t.Errorf("%.80q: %+v, want refused as %s", c.url, tell(result), c.want)
		}
	}
}

func TestNamesAreJudgedByWhatTheyResolveTo(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	server := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	port := portNumber(t, server)
	addresses := map[string]Refusal{
		"127.0.0.1":         RefusedLoopback,
		"10.0.0.1":          RefusedPrivate,
		"192.168.0.1":       RefusedPrivate,
		"169.254.169.254":   RefusedMetadata,
		"168.63.129.16":     RefusedMetadata,
		"100.64.0.1":        RefusedShared,
		"0.0.0.0":           RefusedUnspecified,
		"224.0.0.1":         RefusedMulticast,
		"::1":               RefusedLoopback,
		"::":                RefusedUnspecified,
		"fe80::1":           RefusedLinkLocal,
		"fd00:ec2::254":     RefusedMetadata,
		"fc00::1":           RefusedUniqueLocal,
		"::ffff:127.0.0.1":  RefusedLoopback,
		"::ffff:10.0.0.1":   RefusedPrivate,
		"::127.0.0.1":       RefusedIPv4Compatible,
		"64:ff9b::7f00:1":   RefusedNAT64,
		"2002:7f00:1::":     Refused6to4,
		"2001:0:7f00:1::":   RefusedTeredo,
		"::ffff:0:7f00:1":   RefusedIPv4Translated,
		"2620:4f:8000::127": RefusedSpecialPurpose,
	}
	names := map[string][]string{}
	for address := range addresses {
		names[nameFor(address)] = []string{address}
	}
	sender := NewSender(SenderOptions{
		Guard: NewGuard(GuardOptions{AllowHTTP: true}), Resolver: nameServer(t, names), Timeout: 5 * time.Second,
	})
	for address, want := range addresses {
		result := sender.Send(t.Context(), message(fmt.Sprintf("http://%s:%d/", nameFor(address), port)))
		if result.Error != ErrorRefusedAddress || result.Refusal != want || result.Status != 0 {
			t.Errorf("a name for %s: %+v, want refused as %s", address, tell(result), want)
		}
		// Go dials :: as 0.0.0.0 where it can.
		if got := result.RemoteIP; got != netip.MustParseAddr(address).Unmap() && address != "::" {
			t.Errorf("a name for %s: remote IP %v", address, got)
		}
	}
	if reached.Load() != 0 {
		t.Errorf("%d requests reached loopback", reached.Load())
	}
}

// The name answers with an allowed address first and with a forbidden one from
// then on; what counts is the address that is dialled, each time.
func TestARebindingNameReachesNothing(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	server := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	const name = "rebind.example"
	resolver, rebind := rebindingNameServer(t, name)
	sender := NewSender(SenderOptions{
		Guard:    NewGuard(GuardOptions{AllowHTTP: true, AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}),
		Resolver: resolver,
	})
	target := message(fmt.Sprintf("http://%s:%d/", name, portNumber(t, server)))

	rebind("127.0.0.1")
	if result := sender.Send(t.Context(), target); !result.Succeeded() {
		t.Fatalf("to the allowed address: %+v", tell(result))
	}
	rebind("127.0.0.2")
	for range 3 {
		result := sender.Send(t.Context(), target)
		if result.Error != ErrorRefusedAddress || result.Refusal != RefusedLoopback {
			t.Fatalf("to the forbidden address: %+v", tell(result))
		}
	}
	if reached.Load() != 1 {
		t.Errorf("%d requests arrived, want the first one only", reached.Load())
	}
}

func TestAForbiddenAddressBesideAnAllowedOneIsPassedOver(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	names := map[string][]string{"both.example": {"127.0.0.2", "127.0.0.1"}, "neither.example": {"10.0.0.1", "10.0.0.2"}}
	sender := NewSender(SenderOptions{
		Guard:    NewGuard(GuardOptions{AllowHTTP: true, AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}),
		Resolver: nameServer(t, names),
	})
	result := sender.Send(t.Context(), message(fmt.Sprintf("http://both.example:%d/", portNumber(t, server))))
	if !result.Succeeded() || result.RemoteIP.String() != "127.0.0.1" {
		t.Errorf("%+v from %v, want success from 127.0.0.1", tell(result), result.RemoteIP)
	}
	result = sender.Send(t.Context(), message("http://neither.example/"))
	if result.Error != ErrorRefusedAddress || result.Refusal != RefusedPrivate {
		t.Errorf("%+v, want refused as private", tell(result))
	}
}

func TestANameThatDoesNotResolve(t *testing.T) {
	t.Parallel()
	sender := NewSender(SenderOptions{Resolver: nameServer(t, map[string][]string{})})
	result := sender.Send(t.Context(), message("https://nowhere.example/"))
	want := story{Error: ErrorDNS, Detail: "the host's name does not resolve"}
	if diff := cmp.Diff(want, tell(result)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsStoredIsAlwaysTextForPostgreSQL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		b     []byte
		bytes int
		isCut bool
	}{
		"nothing":                           {nil, 0, false},
		"one NUL":                           {[]byte{0}, 3, false},
		"many NULs, which grow":             {bytes.Repeat([]byte{0}, 6000), 16383, true},
		"a run of bytes that are not UTF-8": {bytes.Repeat([]byte{0xff}, 16000), 3, false},
		"two-byte characters":               {bytes.Repeat([]byte("é"), 8193), 16384, true},
		"a character across the limit":      {append(bytes.Repeat([]byte("x"), maxAnswer-1), "🙂"...), 16383, true},
	} {
		text, isCut := storable(c.b)
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) != c.bytes || isCut != c.isCut {
			t.Errorf("%s: %d bytes, cut = %v, valid = %v; want %d, %v", name, len(text), isCut, utf8.ValidString(text), c.bytes, c.isCut)
		}
	}
}

func portNumber(t *testing.T, server *httptest.Server) uint16 {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := portOf(u)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
