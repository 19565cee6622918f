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
