// Package verify shows how a receiver verifies webhooks from certflow with Go's
// standard library only. Copy the file.
//
// A message carries two signatures made with the endpoint's secret (whsec_…);
// either of them is enough. Verify the bytes of the body as they came, before
// anything parses them. Keep webhook-id for a few days and ignore an event that
// you have seen: events are delivered at least once.
package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far a timestamp may lie from now, either way.
const tolerance = 5 * time.Minute

var (
	errMissing   = errors.New("the signature headers are missing or malformed")
	errTimestamp = errors.New("the timestamp is too far from now")
	errSignature = errors.New("no signature is that of the body")
)

// Standard checks the signature of Standard Webhooks: the headers webhook-id,
// webhook-timestamp and webhook-signature.
func Standard(header http.Header, body []byte, secret string, now time.Time) error {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	signatures := header.Get("webhook-signature")
	if id == "" || signatures == "" {
		return errMissing
	}
	if err := checkTime(timestamp, now); err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return errors.New("the secret is not one of an endpoint")
	}
	want := sum(key, id+"."+timestamp+".", body)
	// While a secret rotates there are several signatures, separated by spaces.
	for _, signature := range strings.Split(signatures, " ") {
		encoded, isV1 := strings.CutPrefix(signature, "v1,")
		if got, err := base64.StdEncoding.DecodeString(encoded); isV1 && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return errSignature
}

// Ten99Policy checks the header Ten99Policy-Signature.
func Ten99Policy(header http.Header, body []byte, secret string, now time.Time) error {
	var timestamp string
	var signatures []string
	for _, part := range strings.Split(header.Get("Ten99Policy-Signature"), ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			timestamp = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	if len(signatures) == 0 {
		return errMissing
	}
	if err := checkTime(timestamp, now); err != nil {
		return err
	}
	// The key is the whole secret, whsec_ included.
	want := sum([]byte(secret), timestamp+".", body)
	for _, encoded := range signatures {
		if got, err := hex.DecodeString(encoded); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return errSignature
}

func sum(key []byte, prefix string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(prefix))
	mac.Write(body)
	return mac.Sum(nil)
}

func checkTime(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errMissing
	}
	if sent := time.Unix(seconds, 0); sent.Before(now.Add(-tolerance)) || sent.After(now.Add(tolerance)) {
		return errTimestamp
	}
	return nil
}
