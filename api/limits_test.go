package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"certflow/schema"
)

// listen serves an edge on a real connection, with the bounds of its server.
func (e *edge) listen(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := e.server.HTTPServer("")
	go func() { _ = server.Serve(e.server.LimitListener(listener)) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// drip sends a byte now and then until the server closes the connection, and returns how long that took and what it answered.
func drip(t *testing.T, address, begin string, every time.Duration) (time.Duration, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	begun := time.Now()
	if _, err := io.WriteString(conn, begin); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			if _, err := conn.Write([]byte("x")); err != nil {
				return
			}
		}
	}()
	if err := conn.SetReadDeadline(begun.Add(40 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 39*time.Second {
		t.Fatalf("the connection is open after %v", time.Since(begun))
	}
	return time.Since(begun), string(answer)
}

func TestAClientThatSendsAByteNowAndThenIsCutOff(t *testing.T) {
	t.Parallel()
	const head = "Host: x\r\nAuthorization: Bearer " + testKey + "\r\n"
	for name, c := range map[string]struct {
		begin  string
		within time.Duration
		answer string
	}{
		"in a body of JSON": {"POST /api/v1/contractors HTTP/1.1\r\n" + head + "Idempotency-Key: slow\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
			15 * time.Second, "400 Bad Request"},
		"in the file of an upload": {"POST /api/v1/files/certificates HTTP/1.1\r\n" + head + "Idempotency-Key: slow\r\nContent-Type: multipart/form-data; boundary=b\r\n" +
			"Content-Length: 1000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"certificate\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF", 15 * time.Second, "400 Bad Request"},
		"in the header": {"POST /api/v1/contractors HTTP/1.1\r\nHost: x\r\nX-Slow: ", 25 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t, func(c *Config) { c.Limits = Limits{Pause: 400 * time.Millisecond, Rate: 100} })
			e.upload = func(_ context.Context, request UploadCertificateRequestObject) (UploadCertificateResponseObject, error) {
				part, err := request.Body.NextPart()
				if err == nil {
					_, err = io.Copy(io.Discard, part)
				}
				return nil, uploadFault(err)
			}
			took, answer := drip(t, e.listen(t), c.begin, 50*time.Millisecond)
			if took > c.within || !strings.Contains(answer, c.answer) {
				t.Errorf("cut off after %v with %q; want %q within %v", took, answer, c.answer, c.within)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			e.server.Wait(ctx)
			e.claims.mu.Lock()
			defer e.claims.mu.Unlock()
			if ctx.Err() != nil || len(e.claims.rows) != 0 || e.server.uploadSlots.taken != 0 || e.server.requestSlots.taken != 0 {
				t.Errorf("%d claims, %d slots of uploads and %d of requests are left, %v",
					len(e.claims.rows), e.server.uploadSlots.taken, e.server.requestSlots.taken, ctx.Err())
			}
		})
	}
}

func TestABodyThatComesInPiecesButFastEnoughIsTaken(t *testing.T) {
	t.Parallel()
	begun := time.Unix(1_760_000_000, 0)
	b := &body{limits: Limits{Pause: 30 * time.Second, Rate: 4096, UploadTime: 15 * time.Minute}}
	for _, c := range []struct {
		name   string
		read   int64
		at     time.Duration
		server time.Duration // of that, what the server took
		within time.Duration // of the beginning
	}{
		{"at the beginning", 0, 0, 0, 30 * time.Second},
		{"after a byte a second for 20 seconds", 20, 20 * time.Second, 0, 30 * time.Second},
		{"after twenty seconds at twice the rate", 20 * 8192, 20 * time.Second, 0, 50 * time.Second},
		{"after ten minutes at twice the rate", 600 * 8192, 10 * time.Minute, 0, 10*time.Minute + 30*time.Second},
		{"near the end of what an upload may take", 1 << 30, 14*time.Minute + 50*time.Second, 0, 15 * time.Minute},
		{"when the server took a minute to begin", 0, time.Minute, time.Minute, time.Minute + 30*time.Second},
		{"when the blob store took a minute for the first piece", 20, 80 * time.Second, time.Minute, 90 * time.Second},
		{"when the blob store took most of what an upload may take", 1 << 20, 16 * time.Minute, 15 * time.Minute, 16*time.Minute + 30*time.Second},
	} {
		b.read, b.waited = c.read, c.at-c.server
		if got := b.deadline(begun.Add(c.at)).Sub(begun).Round(time.Second); got != c.within {
			t.Errorf("%s the next piece must come within %v, want %v", c.name, got, c.within)
		}
	}
}

func TestAHeaderThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Limits = Limits{Header: 4 << 10} })
	conn, err := net.Dial("tcp", e.listen(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		// The server may close before it has all.
		_, _ = fmt.Fprintf(conn, "GET /api/v1/contractors HTTP/1.1\r\nHost: x\r\nX-Large: %s\r\n\r\n", strings.Repeat("x", 16<<10))
	}()
	status, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(status, "431") {
		t.Errorf("answered %q, %v", status, err)
	}
}

func TestSlotsAreBoundedInAllAndForEachAccount(t *testing.T) {
	t.Parallel()
	s := newSlots(3, 2)
	for i, c := range []struct {
		account string
		want    error
	}{{"a", nil}, {"a", nil}, {"a", errAccountTaken}, {"b", nil}, {"c", errAllTaken}} {
		if got := s.take(c.account); got != c.want {
			t.Errorf("take %d for %s answered %v, want %v", i, c.account, got, c.want)
		}
	}
	s.release("a")
	if err := s.take("c"); err != nil {
		t.Errorf("a slot that was given back is refused: %v", err)
	}
	for _, account := range []string{"a", "b", "c"} {
		s.release(account)
	}
	if s.taken != 0 || len(s.accounts) != 0 {
		t.Errorf("%d slots are taken by %v", s.taken, s.accounts)
	}
}

func TestAnAccountsUploadsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Limits = Limits{Uploads: 3, AccountUploads: 1} })
	begun, end := make(chan struct{}), make(chan struct{})
	e.upload = func(context.Context, UploadCertificateRequestObject) (UploadCertificateResponseObject, error) {
		begun <- struct{}{}
		<-end
		return nil, refuse(400, ErrorCodeMissingCertificate, "No file.")
	}
	upload := func(key string) *http.Request {
		r := request("POST", "/api/v1/files/certificates", "--b--", "Content-Type: multipart/form-data; boundary=b")
		r.SetBasicAuth(key, "")
		return r
	}
	done := make(chan answer, 2)
	for _, key := range []string{testKey, "sk_test_obj"} {
		go func() { done <- e.do(t, upload(key)) }()
		<-begun
	}
	if a := e.do(t, upload(testKey)); a.status != 429 || a.Code != "rate_limited" || a.header.Get("Retry-After") == "" {
		t.Errorf("a second upload of an account answered %d %s", a.status, a.body)
	}
	close(end)
	for range 2 {
		if a := <-done; a.status != 400 {
			t.Errorf("answered %d %s", a.status, a.body)
		}
	}
	if e.server.uploadSlots.taken != 0 {
		t.Errorf("%d slots are taken when all is over", e.server.uploadSlots.taken)
	}
}

func TestAProcessAnswersSoManyRequestsAtATimeAndSaysHowItIsAllTheSame(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Limits = Limits{Requests: 1} })
	begun, end := make(chan struct{}), make(chan struct{})
	list := e.list
	e.list = func(ctx context.Context, request ListContractorsRequestObject) (ListContractorsResponseObject, error) {
		close(begun)
		<-end
		return list(ctx, request)
	}
	done := make(chan answer)
	go func() { done <- e.do(t, request("GET", "/api/v1/contractors", "")) }()
	<-begun
	if a := e.do(t, request("GET", "/api/v1/contractors", "")); a.status != 503 || a.Code != "unavailable" || a.header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s", a.status, a.body)
	}
	w := httptest.NewRecorder()
	if e.server.Engine().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil)); w.Code != 200 {
		t.Errorf("/readyz answered %d", w.Code)
	}
	close(end)
	<-done
}

func TestAServerThatIsAboutToStopServesAndIsNotReady(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.server.Drain()
	w := httptest.NewRecorder()
	e.server.Engine().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"status":"stopping"`) {
		t.Errorf("/readyz answered %d %s", w.Code, w.Body)
	}
	if a := e.do(t, request("GET", "/api/v1/contractors", "")); a.status != 200 || a.header.Get("Connection") != "close" {
		t.Errorf("a request answered %d with Connection %q", a.status, a.header.Get("Connection"))
	}
}

// countedBacklog is a Backlogs with a fixed answer, or none.
type countedBacklog struct {
	asked int
	is    schema.Backlog
	err   error
}

func (c *countedBacklog) Backlog(context.Context, int) (schema.Backlog, error) {
	c.asked++
	return c.is, c.err
}

func TestTheBacklogIsAskedForNowAndThenAndItsTurnsAreLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	of := &countedBacklog{is: schema.Backlog{Certificates: 10}}
	b := &backlog{of: of, limit: 10, log: slog.New(slog.NewTextHandler(&log, nil))}
	look := func() bool {
		_, held := b.look(t.Context())
		return held
	}
	for range 2 {
		if !look() || of.asked != 1 {
			t.Errorf("asked %d times, want once, and held back", of.asked)
		}
	}
	b.at = time.Time{}
	of.err = errors.New("connection refused")
	if !look() {
		t.Error("a database that does not answer ends the holding back")
	}
	b.at, of.err, of.is.Certificates = time.Time{}, nil, 9
	if look() || of.asked != 3 {
		t.Errorf("asked %d times, or still held back", of.asked)
	}
	if n := strings.Count(log.String(), "uploads are held back"); n != 1 || strings.Count(log.String(), "uploads are taken again") != 1 {
		t.Errorf("the log is %s", &log)
	}
}

func TestEveryAnswerCarriesTheHeadersThatProtectABrowser(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=63072000",
		"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
	check := func(r *http.Request) {
		t.Helper()
		w := httptest.NewRecorder()
		e.server.Engine().ServeHTTP(w, r)
		for name, value := range want {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s %s answered %d with %s %q, want %q", r.Method, r.URL.Path, w.Code, name, got, value)
			}
		}
		if w.Header().Get("Request-Id") == "" {
			t.Errorf("%s %s answered without a Request-Id", r.Method, r.URL.Path)
		}
	}
	routes := e.server.Engine().Routes()
	if len(routes) < 50 {
		t.Fatalf("there are %d routes only", len(routes))
	}
	for _, route := range routes {
		path := strings.NewReplacer(":id", "ci_0000000000", ":", "").Replace(route.Path)
		check(request(route.Method, path, ""))                                     // what the handler answers, a panic of the stub mostly
		check(httptest.NewRequest(route.Method, path, nil))                        // without a key
		check(request(route.Method, path, "{", jsonBody, "Idempotency-Key: \x01")) // refused
	}
	for _, method := range []string{"GET", "TRACE", "OPTIONS", "BREW"} {
		check(request(method, "/nothing", ""))
		check(request(method, "/api/v1/files/certificates/ci_0000000000/approve", ""))
	}
}

func TestConnectionsBeyondTheBoundWaitUntilOneEnds(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Limits = Limits{Connections: 1} })
	address := e.listen(t)
	ask := func() net.Conn {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	answer := func(conn net.Conn, within time.Duration) (string, error) {
		if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil {
			t.Fatal(err)
		}
		return bufio.NewReader(conn).ReadString('\n')
	}
	first := ask()
	if got, err := answer(first, 30*time.Second); err != nil || !strings.Contains(got, "200 OK") {
		t.Fatalf("the first connection is answered %q, %v", got, err)
	}
	second := ask()
	if got, err := answer(second, 300*time.Millisecond); err == nil {
		t.Errorf("a second connection is answered %q beside the first", got)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := answer(second, 30*time.Second); err != nil || !strings.Contains(got, "200 OK") {
		t.Errorf("the second connection is answered %q after the first, %v", got, err)
	}
}
