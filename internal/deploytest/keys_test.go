package deploytest

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"certflow/internal/devstack/stacktest"
	"certflow/internal/service"
)

func TestAKeyIsRolledAndRevokedInEveryProcessAtOnce(t *testing.T) {
	w := newWorld(t)
	began := time.Now().UTC()
	addresses := []string{stacktest.FreeAddress(t), stacktest.FreeAddress(t)}
	const quota = 30
	for _, address := range addresses {
		w.api(address, "CERTFLOW_RATE_LIMIT=30", "CERTFLOW_RATE_WINDOW=10m")
	}
	answers := func(when, key string, want int) {
		t.Helper()
		for _, address := range addresses {
			a, err := w.send(t.Context(), http.MethodGet, address, "/contractors", key, "", nil, "")
			if err != nil || a.status != want {
				t.Errorf("%s %s answered %d %s, %v; want %d", when, address, a.status, a.body, err, want)
			}
		}
	}
	keys := func(args ...string) string {
		t.Helper()
		out, err := w.run(w.env(), append([]string{"keys"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	account := "--account=" + w.dev.Account
	answers("before anything", service.DevKey, http.StatusOK)
	old := regexp.MustCompile(`key_[0-9A-Za-z]+`).FindString(keys("list", account))
	rolled := keys("roll", account, "--overlap=1h", old)
	fresh, freshID := regexp.MustCompile(`sk_test_\S+`).FindString(rolled), regexp.MustCompile(`key_[0-9A-Za-z]+`).FindString(rolled)
	answers("while both live, the old key at", service.DevKey, http.StatusOK)
	answers("while both live, the new key at", fresh, http.StatusOK)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addresses[1]+"/api/v1/events/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(service.DevKey, "")
	stream, err := web.Do(request)
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatalf("the stream of events: %v, %v", stream, err)
	}
	defer stream.Body.Close()
	keys("revoke", account, old)
	answers("after the revocation the old key at", service.DevKey, http.StatusUnauthorized)
	answers("after the revocation the new key at", fresh, http.StatusOK)
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("a stream of events outlives its key: %v", err)
	}

	// Who used the keys is written down within seconds, and never the keys themselves.
	var uses string
	w.until("the use of both keys is noted", func() bool {
		uses = keys("uses", account)
		return strings.Contains(uses, old) && strings.Contains(uses, freshID)
	})
	for _, want := range []string{"127.0.0.1", "ListContractors", "200"} {
		if !strings.Contains(uses, want) {
			t.Errorf("%s is not among the uses:\n%s", want, uses)
		}
	}
	if strings.Contains(uses, fresh) || strings.Contains(uses, service.DevKey) {
		t.Errorf("the uses show a key:\n%s", uses)
	}
	if only := keys("uses", account, "--key="+freshID); strings.Contains(only, old) || !strings.Contains(only, freshID) {
		t.Errorf("the uses of one key are:\n%s", only)
	}
	listed, days := keys("list", account), 0
	for _, day := range slices.Compact([]string{began.Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)}) {
		days += strings.Count(listed, day)
	}
	if days < 4 {
		t.Errorf("the keys do not show when they were used last:\n%s", listed)
	}

	// The processes count the requests of a key together.
	hasty := regexp.MustCompile(`sk_test_\S+`).FindString(keys("create", account))
	statuses := map[int]int{}
	for i := range quota + 4 {
		a, err := w.send(t.Context(), http.MethodGet, addresses[i%2], "/contractors", hasty, "", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		statuses[a.status]++
	}
	if statuses[http.StatusOK] != quota || statuses[http.StatusTooManyRequests] != 4 {
		t.Errorf("of %d requests the processes answered so many with each status: %v; want %d with 200 and 4 with 429", quota+4, statuses, quota)
	}
}
