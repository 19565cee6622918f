package api

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"certflow/internal/secret"
)

// linkTime is how long a link to a PDF is good (CONTRACT §2).
const linkTime = time.Hour

// links signs the addresses of PDFs, which are good without an API key until they expire.
type links struct {
	current string            // id of the key that signs
	keys    map[string][]byte // by id
}

// newLinks derives the signing keys from secret keys, separated by commas. The first one signs; links of the others stay good.
func newLinks(keys secret.Text) (links, error) {
	l := links{keys: map[string][]byte{}}
	for entry := range strings.SplitSeq(keys.Reveal(), ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		key, err := hkdf.Key(sha256.New, []byte(entry), nil, "certflow links to PDFs", sha256.Size)
		if err != nil {
			return links{}, fmt.Errorf("derive a key for links: %w", err)
		}
		sum := sha256.Sum256(append([]byte("id of a key for links\x00"), key...))
		id := hex.EncodeToString(sum[:4])
		if l.current == "" {
			l.current = id
		}
		l.keys[id] = key
	}
	if l.current == "" {
		return links{}, errors.New("no key to sign links to PDFs with")
	}
	return l, nil
}

func (l links) sum(key []byte, account, certificate, keyID string, expires int64) []byte {
	mac := hmac.New(sha256.New, key)
	// No part can hold a newline: ids are base62, and so the whole is unambiguous.
	fmt.Fprintf(mac, "%s\n%s\n%s\n%d", account, certificate, keyID, expires)
	return mac.Sum(nil)
}

// to is the address of a certificate's PDF, good from now on for linkTime.
func (l links) to(publicURL, account, certificate string, now time.Time) string {
	expires := now.Add(linkTime).Unix()
	query := url.Values{
		"account": {account}, "expires": {strconv.FormatInt(expires, 10)}, "key_id": {l.current},
		"signature": {base64.RawURLEncoding.EncodeToString(l.sum(l.keys[l.current], account, certificate, l.current, expires))},
	}
	return publicURL + basePath + "/files/certificates/" + certificate + "/pdf?" + query.Encode()
}

// check refuses an address that was not signed, or has expired.
func (l links) check(certificate string, p DownloadCertificateParams, now time.Time) error {
	given, err := base64.RawURLEncoding.DecodeString(p.Signature)
	key, known := l.keys[p.KeyID]
	if !known || err != nil || !hmac.Equal(given, l.sum(key, p.Account, certificate, p.KeyID, p.Expires)) {
		return refuse(http.StatusForbidden, ErrorCodeForbidden, "This link was not made by this service.")
	}
	if now.Unix() > p.Expires {
		return refuse(http.StatusForbidden, ErrorCodeForbidden, "This link has expired. Retrieve the certificate for a fresh one.")
	}
	return nil
}
