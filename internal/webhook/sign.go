package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"certflow/internal/secret"
)

// The headers of the two signatures (CONTRACT §7). HTTP compares their names
// without regard to case.
const (
	HeaderID                   = "Webhook-Id"
	HeaderTimestamp            = "Webhook-Timestamp"
	HeaderSignature            = "Webhook-Signature"
	HeaderTen99PolicySignature = "Ten99Policy-Signature"
)

// secretPrefix begins every signing secret.
const secretPrefix = "whsec_"

// ErrNoValidSecret says that every secret of an endpoint has expired.
var ErrNoValidSecret = errors.New("no signing secret is valid at that time")

// Secret is one signing secret of an endpoint.
type Secret struct {
	// Text is whsec_ and base64 of 24 to 64 bytes.
	Text secret.Text
	// ExpiresAt is the moment from which the secret signs no more; zero: never.
	ExpiresAt time.Time
}

// Message is one try at delivering an event.
type Message struct {
	// ID is the event's id, the same on every try: receivers recognise a
	// repetition by it.
	ID string
	// SentAt is the time of this try; signatures count whole seconds.
	SentAt time.Time
	Body   []byte
}

// NewSecret makes a signing secret: whsec_ and base64 of 32 random bytes.
func NewSecret() secret.Text {
	raw := make([]byte, 32)
	// crypto/rand.Read never returns an error since Go 1.24.
	_, _ = rand.Read(raw)
	return secret.NewText(secretPrefix + base64.StdEncoding.EncodeToString(raw))
}

// Sign returns the headers that sign m, both schemes with every secret that is
// valid at m.SentAt, in the order given. While a secret rotates there are
// several signatures in either header, and a receiver that knows one of the
// secrets is content. The error is ErrNoValidSecret, or that of a secret which
// is none; it never shows the secret.
func Sign(m Message, secrets []Secret) (http.Header, error) {
	timestamp := strconv.FormatInt(m.SentAt.Unix(), 10)
	var standard []string
	ten99Policy := []string{"t=" + timestamp}
	for i, s := range secrets {
		if !s.ExpiresAt.IsZero() && !m.SentAt.Before(s.ExpiresAt) {
			continue
		}
		key, err := standardKey(s.Text)
		if err != nil {
			return nil, fmt.Errorf("signing secret %d: %w", i+1, err)
		}
		standard = append(standard, "v1,"+base64.StdEncoding.EncodeToString(standardSum(key, m.ID, timestamp, m.Body)))
		ten99Policy = append(ten99Policy, "v1="+hex.EncodeToString(ten99PolicySum(s.Text, timestamp, m.Body)))
	}
	if len(standard) == 0 {
		return nil, ErrNoValidSecret
	}
	header := make(http.Header, 4)
	header.Set(HeaderID, m.ID)
	header.Set(HeaderTimestamp, timestamp)
	header.Set(HeaderSignature, strings.Join(standard, " "))
	header.Set(HeaderTen99PolicySignature, strings.Join(ten99Policy, ","))
	return header, nil
}

// standardSum is the signature of Standard Webhooks 1.0: HMAC-SHA256 over
// id.timestamp.body with the decoded secret.
func standardSum(key []byte, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// ten99PolicySum is HMAC-SHA256 over timestamp.body with the whole whsec_ text
// as its key.
func ten99PolicySum(s secret.Text, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(s.Reveal()))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// standardKey decodes a secret; Standard Webhooks asks for 24 to 64 bytes.
func standardKey(s secret.Text) ([]byte, error) {
	encoded, ok := strings.CutPrefix(s.Reveal(), secretPrefix)
	if !ok {
		return nil, errors.New("does not begin with whsec_")
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("is not base64 after whsec_")
	}
	if len(key) < 24 || len(key) > 64 {
		return nil, fmt.Errorf("has %d bytes; a signing secret has 24 to 64", len(key))
	}
	return key, nil
}
