// Package id makes and recognises the identifiers that clients see: a prefix
// that says what the object is, an underscore, and random base62 characters
// (CONTRACT §1). Identifiers carry no order and no time: lists are ordered by
// the database.
package id

import (
	"crypto/rand"
	"strings"
)

// Prefix says what kind of object an identifier names.
type Prefix string

// The prefixes of CONTRACT §1.
const (
	Account              Prefix = "acct"
	Assignment           Prefix = "an"
	Audit                Prefix = "ca"
	AuditResult          Prefix = "car"
	Certificate          Prefix = "ci"
	Contractor           Prefix = "cn"
	Delivery             Prefix = "del"
	Entity               Prefix = "en"
	Event                Prefix = "evt"
	InsuranceRequirement Prefix = "req"
	Job                  Prefix = "jb"
	Key                  Prefix = "key"
	Tracker              Prefix = "tr"
	TrackerSession       Prefix = "ts"
	WebhookEndpoint      Prefix = "whe"
)

// length is the number of random characters: 62^14 is about 2^83, so that two
// equal identifiers are not to be expected in the life of an installation.
const length = 14

// New makes an identifier of kind p with 14 random base62 characters.
func New(p Prefix) string {
	return string(p) + "_" + randomText(length)
}

// Valid reports whether s has the form of an identifier of kind p: the prefix,
// an underscore and 1 to 64 base62 characters. It is lenient in length, because
// only a lookup tells whether the object exists; the upper bound keeps what is
// not an identifier out of logs, workflow ids and queries.
func Valid(p Prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, string(p)+"_")
	return ok && len(rest) >= 1 && len(rest) <= 64 && isBase62(rest)
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// randomText returns n characters, each equally likely: bytes from 248 (the
// largest multiple of 62 in a byte) upwards are thrown away.
func randomText(n int) string {
	out := make([]byte, 0, n)
	// Two bytes for each character are more than enough in nearly every case.
	buf := make([]byte, 2*n)
	for {
		// crypto/rand.Read never returns an error since Go 1.24.
		_, _ = rand.Read(buf)
		for _, b := range buf {
			if b >= 248 {
				continue
			}
			out = append(out, alphabet[b%62])
			if len(out) == n {
				return string(out)
			}
		}
	}
}

func isBase62(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
