package webhook

import (
	"crypto/hmac"
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

// Tolerance is how far a timestamp may lie from the receiver's clock, either
// way: what Standard Webhooks' own libraries allow.
const Tolerance = 5 * time.Minute

// Why a signature is refused.
var (
	ErrSignatureMissing = errors.New("the signature headers are missing or malformed")
	ErrTimestamp        = errors.New("the timestamp is too far from now")
	ErrSignature        = errors.New("no signature is that of the body")
)

// Verify checks both signatures of a received message; both must be there and
// hold. The error wraps one of ErrSignatureMissing, ErrTimestamp, ErrSignature
// and says which scheme it is about.
func Verify(header http.Header, body []byte, s secret.Text, now time.Time, tolerance time.Duration) error {
	if err := VerifyStandard(header, body, s, now, tolerance); err != nil {
		return err
	}
	return VerifyTen99Policy(header, body, s, now, tolerance)
}

// VerifyStandard checks the Standard Webhooks signature of a received message.
func VerifyStandard(header http.Header, body []byte, s secret.Text, now time.Time, tolerance time.Duration) error {
	const scheme = "standard webhooks"
	key, err := standardKey(s)
	if err != nil {
		return fmt.Errorf("%s: the secret %w", scheme, err)
	}
	id, timestamp, signatures := header.Get(HeaderID), header.Get(HeaderTimestamp), header.Get(HeaderSignature)
	if id == "" || signatures == "" {
		return fmt.Errorf("%s: %w", scheme, ErrSignatureMissing)
	}
	if err := checkTimestamp(timestamp, now, tolerance); err != nil {
		return fmt.Errorf("%s: %w", scheme, err)
	}
	want := standardSum(key, id, timestamp, body)
	for signature := range strings.SplitSeq(signatures, " ") {
		encoded, ok := strings.CutPrefix(signature, "v1,")
		if !ok {
			continue
		}
		if got, err := base64.StdEncoding.DecodeString(encoded); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", scheme, ErrSignature)
}

// VerifyTen99Policy checks the Ten99Policy-Signature of a received message.
func VerifyTen99Policy(header http.Header, body []byte, s secret.Text, now time.Time, tolerance time.Duration) error {
	const scheme = "Ten99Policy-Signature"
	var timestamp string
	var signatures []string
	for part := range strings.SplitSeq(header.Get(HeaderTen99PolicySignature), ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			timestamp = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	if len(signatures) == 0 {
		return fmt.Errorf("%s: %w", scheme, ErrSignatureMissing)
	}
	if err := checkTimestamp(timestamp, now, tolerance); err != nil {
		return fmt.Errorf("%s: %w", scheme, err)
	}
	want := ten99PolicySum(s, timestamp, body)
	for _, encoded := range signatures {
		if got, err := hex.DecodeString(encoded); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", scheme, ErrSignature)
}

func checkTimestamp(timestamp string, now time.Time, tolerance time.Duration) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrSignatureMissing
	}
	sent := time.Unix(seconds, 0)
	if sent.Before(now.Add(-tolerance)) || sent.After(now.Add(tolerance)) {
		return ErrTimestamp
	}
	return nil
}
