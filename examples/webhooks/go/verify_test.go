package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"certflow/internal/webhook"
)

func TestTheVectorsAreJudgedAsTheySay(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name, Secret, Body    string
			Now                   int64
			Headers               map[string]string
			Standard, Ten99Policy bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			for name, value := range v.Headers {
				header.Set(name, value)
			}
			now := time.Unix(v.Now, 0)
			if err := Standard(header, []byte(v.Body), v.Secret, now); (err == nil) != v.Standard {
				t.Errorf("Standard: %v, want accepted = %v", err, v.Standard)
			}
			if err := Ten99Policy(header, []byte(v.Body), v.Secret, now); (err == nil) != v.Ten99Policy {
				t.Errorf("Ten99Policy: %v, want accepted = %v", err, v.Ten99Policy)
			}
		})
	}
}

// A receiver as it would be written, called by the real sender.
func Example() {
	secret := webhook.NewSecret()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		if err := Standard(r.Header, body, secret.Reveal(), time.Now()); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()

	body := []byte(`{"id":"evt_1","type":"ping","created":1760000000,"data":{"object":{}}}`)
	header, err := webhook.Sign(webhook.Message{ID: "evt_1", SentAt: time.Now(), Body: body}, []webhook.Secret{{Text: secret}})
	if err != nil {
		fmt.Println(err)
		return
	}
	sender := webhook.NewSender(webhook.SenderOptions{
		Guard: webhook.NewGuard(webhook.GuardOptions{AllowHTTP: true, AllowedRanges: webhook.LoopbackRanges()}),
	})
	for _, sent := range [][]byte{body, []byte(strings.ToUpper(string(body)))} {
		result := sender.Send(context.Background(), webhook.Request{URL: receiver.URL, Header: header, Body: sent})
		fmt.Printf("%d %q\n", result.Status, result.Answer)
	}
	// Output:
	// 204 ""
	// 401 "no signature is that of the body\n"
}
