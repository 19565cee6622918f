package chaos

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far the time in a signature may be from the receiver's clock, here of a process that may have been paused for a while.
const tolerance = 5 * time.Minute

// verify checks both signatures of a webhook (CONTRACT §7) from their definitions: a second pair of hands beside internal/webhook.
func verify(a Arrival, secret string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return fmt.Errorf("the secret is not base64: %w", err)
	}
	seconds, err := strconv.ParseInt(a.Header["webhook-timestamp"], 10, 64)
	if err != nil {
		return errors.New("there is no time")
	}
	if off := a.At.Sub(time.Unix(seconds, 0)).Abs(); off > tolerance {
		return fmt.Errorf("it was signed %s away from when it came", off)
	}
	sum := hmacOf(key, a.Header["webhook-id"]+"."+a.Header["webhook-timestamp"]+"."+a.Body)
	if !strings.Contains(" "+a.Header["webhook-signature"]+" ", " v1,"+base64.StdEncoding.EncodeToString(sum)+" ") {
		return errors.New("webhook-signature does not verify")
	}
	stamp, signature, _ := strings.Cut(a.Header["ten99policy-signature"], ",v1=")
	stamp = strings.TrimPrefix(stamp, "t=")
	if hex.EncodeToString(hmacOf([]byte(secret), stamp+"."+a.Body)) != signature {
		return errors.New("Ten99Policy-Signature does not verify")
	}
	return nil
}

func hmacOf(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
