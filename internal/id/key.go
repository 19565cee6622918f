package id

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// The prefixes of API keys: one for each mode of an account (CONTRACT §1).
const (
	TestKeyPrefix = "sk_test_"
	LiveKeyPrefix = "sk_live_"
)

// keyLength is the length of 32 bytes in base62: 62^43 is just over 2^256.
const keyLength = 43

// NewKey makes a secret API key: the prefix of its mode and 32 random bytes in
// base62, always 43 characters.
func NewKey(live bool) string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	text := new(big.Int).SetBytes(secret).Text(62)
	prefix := TestKeyPrefix
	if live {
		prefix = LiveKeyPrefix
	}
	return prefix + strings.Repeat("0", keyLength-len(text)) + text
}

// ValidKey reports whether s has the form of an API key: the prefix of its mode, and 200 bytes at most. It is lenient, because only a lookup
// tells whether the key lives; what is not of this form is not looked up.
func ValidKey(s string) bool {
	return len(s) <= 200 && (strings.HasPrefix(s, TestKeyPrefix) || strings.HasPrefix(s, LiveKeyPrefix))
}
