// Package secret keeps secrets: Box encrypts what the database must not hold in
// clear (webhook secrets, stored answers), and Text is a secret in memory that
// never prints.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xchacha20poly1305"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KeySize is the length of one key in bytes.
const KeySize = 32

var (
	// ErrNoKey says that no key was given: nothing can be encrypted at rest.
	ErrNoKey = errors.New("no secret key given")
	// ErrCannotOpen says that a ciphertext was sealed with a key that is not in
	// the list, for another row, or was altered. Which of them cannot be told.
	ErrCannotOpen = errors.New("cannot be opened: sealed with a key that is not in the list, for another row, or altered")
)

// Box seals and opens small values with XChaCha20-Poly1305, whose nonces are
// long enough to be random. It is safe for concurrent use.
//
// A ciphertext begins with Tink's prefix: 0x01 and the four bytes of its key's
// id. The id comes from the key itself, so that the order of the keys in the
// environment says only which one seals.
type Box struct {
	aead    tink.AEAD
	primary uint32
}

// NewBox makes a Box of one or more keys: 32 bytes each in base64 (standard or
// URL alphabet, padded or not), separated by commas, spaces around them
// ignored. The first one seals; every one opens. To rotate, put a fresh key
// first, seal again what Stale reports, and then drop the old key.
//
// Errors name a faulty key by its place and never show it. An empty list is
// ErrNoKey.
func NewBox(keys Text) (*Box, error) {
	if strings.TrimSpace(keys.Reveal()) == "" {
		return nil, ErrNoKey
	}
	entries := strings.Split(keys.Reveal(), ",")
	manager := keyset.NewManager()
	parameters, err := xchacha20poly1305.NewParameters(xchacha20poly1305.VariantTink)
	if err != nil {
		return nil, fmt.Errorf("prepare the cipher: %w", err)
	}
	places := make(map[uint32]int, len(entries))
	var primary uint32
	for i, entry := range entries {
		raw, err := decodeKey(entry)
		if err != nil {
			return nil, fmt.Errorf("secret key %d of %d %w", i+1, len(entries), err)
		}
		id := keyID(raw)
		if place, taken := places[id]; taken {
			return nil, fmt.Errorf("secret key %d of %d is key %d again", i+1, len(entries), place)
		}
		places[id] = i + 1
		key, err := xchacha20poly1305.NewKey(secretdata.NewBytesFromData(raw, insecuresecretdataaccess.Token{}), id, parameters)
		if err != nil {
			return nil, fmt.Errorf("take secret key %d of %d: %w", i+1, len(entries), err)
		}
		if _, err := manager.AddKey(key); err != nil {
			return nil, fmt.Errorf("add secret key %d of %d: %w", i+1, len(entries), err)
		}
		if i == 0 {
			primary = id
		}
	}
	if err := manager.SetPrimary(primary); err != nil {
		return nil, fmt.Errorf("choose the first secret key: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("read the secret keys: %w", err)
	}
	cipher, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("prepare the cipher: %w", err)
	}
	return &Box{aead: cipher, primary: primary}, nil
}

// Seal encrypts plaintext for one place and no other: place names the column
// and the row, as in "webhook_secrets/whe_…", and opening it under another one
// fails, so that ciphertexts cannot be moved between rows. It adds 45 bytes.
func (b *Box) Seal(plaintext []byte, place string) ([]byte, error) {
	sealed, err := b.aead.Encrypt(plaintext, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("seal for %s: %w", place, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same place. Its only error is
// ErrCannotOpen, wrapped with the place.
func (b *Box) Open(sealed []byte, place string) ([]byte, error) {
	plaintext, err := b.aead.Decrypt(sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, ErrCannotOpen)
	}
	return plaintext, nil
}

// Stale reports whether sealed was made with another key than the one that
// seals now: it should be opened and sealed again before that key is dropped.
func (b *Box) Stale(sealed []byte) bool {
	return len(sealed) < 5 || sealed[0] != 1 || binary.BigEndian.Uint32(sealed[1:5]) != b.primary
}

// NewKey makes a key in the form that NewBox takes.
func NewKey() Text {
	raw := make([]byte, KeySize)
	// crypto/rand.Read never returns an error since Go 1.24.
	_, _ = rand.Read(raw)
	return NewText(base64.StdEncoding.EncodeToString(raw))
}

// keyID derives a key's id from the key, under a label of its own so that it is
// the prefix of nothing else.
func keyID(raw []byte) uint32 {
	sum := sha256.Sum256(append([]byte("certflow secret key id\x00"), raw...))
	return binary.BigEndian.Uint32(sum[:4])
}

func decodeKey(entry string) ([]byte, error) {
	entry = strings.TrimSpace(entry)
	if entry == "" {
		return nil, errors.New("is empty")
	}
	entry = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(entry), "=")
	raw, err := base64.RawStdEncoding.DecodeString(entry)
	if err != nil {
		return nil, errors.New("is not base64")
	}
	if len(raw) != KeySize {
		return nil, fmt.Errorf("has %d bytes; a key has %d", len(raw), KeySize)
	}
	if strings.Count(string(raw), string(raw[:1])) == KeySize {
		return nil, errors.New("is one byte repeated, which is no key")
	}
	return raw, nil
}
