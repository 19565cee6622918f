package webhook

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"certflow/internal/secret"
)

type vector struct {
	Name, Secret, Body    string
	Now                   int64
	Headers               map[string]string
	Standard, Ten99Policy bool
}

func (v vector) header() http.Header {
	header := http.Header{}
	for name, value := range v.Headers {
		header.Set(name, value)
	}
	return header
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("../../examples/webhooks/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tolerance int64
		Vectors   []vector
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 20 || time.Duration(file.Tolerance)*time.Second != Tolerance {
		t.Fatalf("%d vectors with tolerance %d s", len(file.Vectors), file.Tolerance)
	}
	return file.Vectors
}

func TestTheVectorsAreJudgedAsTheySay(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			now, key := time.Unix(v.Now, 0), secret.NewText(v.Secret)
			standard := VerifyStandard(v.header(), []byte(v.Body), key, now, Tolerance)
			ten99Policy := VerifyTen99Policy(v.header(), []byte(v.Body), key, now, Tolerance)
			if (standard == nil) != v.Standard {
				t.Errorf("VerifyStandard: %v, want accepted = %v", standard, v.Standard)
			}
			if (ten99Policy == nil) != v.Ten99Policy {
				t.Errorf("VerifyTen99Policy: %v, want accepted = %v", ten99Policy, v.Ten99Policy)
			}
			both := Verify(v.header(), []byte(v.Body), key, now, Tolerance)
			if (both == nil) != (v.Standard && v.Ten99Policy) {
				t.Errorf("Verify: %v, want accepted = %v", both, v.Standard && v.Ten99Policy)
			}
		})
	}
}

// The vectors were computed with another language's library.
func TestSignMakesTheHeadersOfTheVectors(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, v := range vectors(t) {
		if !v.Standard || !v.Ten99Policy || strings.Contains(v.Headers["webhook-signature"], " ") {
			continue
		}
		compared++
		var sentAt int64
		if _, err := fmt.Sscan(v.Headers["webhook-timestamp"], &sentAt); err != nil {
			t.Fatal(err)
		}
		got, err := Sign(
			Message{ID: v.Headers["webhook-id"], SentAt: time.Unix(sentAt, 999_999_999), Body: []byte(v.Body)},
			[]Secret{{Text: secret.NewText(v.Secret)}},
		)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v.header(), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
	}
	if compared < 5 {
		t.Fatalf("only %d vectors were compared", compared)
	}
}

func TestTheOfficialLibraryAcceptsOurSignatures(t *testing.T) {
	t.Parallel()
	older, newer := NewSecret(), NewSecret()
	now := time.Now()
	for _, body := range []string{"", "{}", `{"name":"Müller & Söhne"}`, strings.Repeat("x", 1<<20), "\x00\xff"} {
		header, err := Sign(
			Message{ID: "evt_1", SentAt: now, Body: []byte(body)},
			[]Secret{{Text: newer}, {Text: older, ExpiresAt: now.Add(time.Hour)}},
		)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []secret.Text{older, newer} {
			official, err := standardwebhooks.NewWebhook(text.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			if err := official.Verify([]byte(body), header); err != nil {
				t.Errorf("a body of %d bytes: %v", len(body), err)
			}
			if err := official.Verify([]byte(body+" "), header); !errors.Is(err, standardwebhooks.ErrNoMatchingSignature) {
				t.Errorf("an altered body: %v, want no matching signature", err)
			}
		}
	}
}

func TestOurVerifierAcceptsTheOfficialLibrarysSignatures(t *testing.T) {
	t.Parallel()
	text, now := NewSecret(), time.Now()
	official, err := standardwebhooks.NewWebhook(text.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	signature, err := official.Sign("evt_1", now, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("webhook-id", "evt_1")
	header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	header.Set("webhook-signature", signature)
	if err := VerifyStandard(header, []byte("{}"), text, now, Tolerance); err != nil {
		t.Fatal(err)
	}
}

func TestOnlySecretsThatAreValidAtTheTimeSign(t *testing.T) {
	t.Parallel()
	older, newer := NewSecret(), NewSecret()
	expiry := time.Unix(1_760_000_000, 0)
	secrets := []Secret{{Text: newer}, {Text: older, ExpiresAt: expiry}}
	for name, c := range map[string]struct {
		at         time.Time
		olderSigns bool
	}{
		"a second before the older one expires": {at: expiry.Add(-time.Second), olderSigns: true},
		"at the moment it expires":              {at: expiry},
		"a day later":                           {at: expiry.Add(24 * time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header, err := Sign(Message{ID: "evt_1", SentAt: c.at, Body: []byte("{}")}, secrets)
			if err != nil {
				t.Fatal(err)
			}
			if err := Verify(header, []byte("{}"), newer, c.at, Tolerance); err != nil {
				t.Errorf("the newer secret: %v", err)
			}
			err = Verify(header, []byte("{}"), older, c.at, Tolerance)
			if (err == nil) != c.olderSigns {
				t.Errorf("the older secret: %v, want accepted = %v", err, c.olderSigns)
			}
		})
	}
	if _, err := Sign(Message{ID: "evt_1", SentAt: expiry}, secrets[1:]); !errors.Is(err, ErrNoValidSecret) {
		t.Errorf("with no valid secret: %v, want ErrNoValidSecret", err)
	}
}

// A receiver switches from the older secret to the newer one at any moment of
// the overlap; each of 200 events verifies with the one it then has.
func TestNoEventIsLostWhileASecretRotates(t *testing.T) {
	t.Parallel()
	older, newer := NewSecret(), NewSecret()
	start := time.Unix(1_760_000_000, 0)
	rotatedAt, expiresAt, switchedAt := start.Add(50*time.Second), start.Add(150*time.Second), start.Add(100*time.Second)
	for i := range 200 {
		now := start.Add(time.Duration(i) * time.Second)
		secrets := []Secret{{Text: older}}
		if !now.Before(rotatedAt) {
			secrets = []Secret{{Text: newer}, {Text: older, ExpiresAt: expiresAt}}
		}
		body := fmt.Appendf(nil, `{"id":"evt_%d"}`, i)
		header, err := Sign(Message{ID: fmt.Sprintf("evt_%d", i), SentAt: now, Body: body}, secrets)
		if err != nil {
			t.Fatal(err)
		}
		known := older
		if !now.Before(switchedAt) {
			known = newer
		}
		if err := Verify(header, body, known, now, Tolerance); err != nil {
			t.Errorf("event %d: %v", i, err)
		}
	}
}

func TestSecretsAreWhsecAnd32Bytes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		text := NewSecret().Reveal()
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
		if !strings.HasPrefix(text, "whsec_") || err != nil || len(raw) != 32 || seen[text] {
			t.Fatalf("prefix %t, %d bytes, %v, seen before: %t", strings.HasPrefix(text, "whsec_"), len(raw), err, seen[text])
		}
		seen[text] = true
	}
}

func TestWhatIsNoSecretDoesNotSignAndIsNotShown(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"without its prefix": "c2hvcnQ=", "not base64": "whsec_hunter2!", "too short": "whsec_c2hvcnQ=", "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Sign(Message{ID: "evt_1"}, []Secret{{Text: secret.NewText(text)}})
			if err == nil || text != "" && strings.Contains(err.Error(), strings.TrimPrefix(text, "whsec_")) {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestARefusedSignatureSaysWhy(t *testing.T) {
	t.Parallel()
	text, now := NewSecret(), time.Unix(1_760_000_000, 0)
	header, err := Sign(Message{ID: "evt_1", SentAt: now, Body: []byte("{}")}, []Secret{{Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		at     time.Time
		want   error
	}{
		"no headers":         {http.Header{}, "{}", now, ErrSignatureMissing},
		"another body":       {header, "{ }", now, ErrSignature},
		"six minutes later":  {header, "{}", now.Add(6 * time.Minute), ErrTimestamp},
		"six minutes before": {header, "{}", now.Add(-6 * time.Minute), ErrTimestamp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, err := range []error{
				VerifyStandard(c.header, []byte(c.body), text, c.at, Tolerance),
				VerifyTen99Policy(c.header, []byte(c.body), text, c.at, Tolerance),
				Verify(c.header, []byte(c.body), text, c.at, Tolerance),
			} {
				if !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
			}
		})
	}
}
