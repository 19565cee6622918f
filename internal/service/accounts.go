package service

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/internal/secret"
	"certflow/schema"
)

// HashKey is what is kept of an API key, and what it is found by.
func HashKey(key secret.Text) []byte {
	hash := sha256.Sum256([]byte(key.Reveal()))
	return hash[:]
}

// CreateAccount makes an account in test or live mode with its first API key, which is shown this once.
func CreateAccount(ctx context.Context, db *schema.DB, name string, live bool) (account string, key secret.Text, err error) {
	if strings.TrimSpace(name) == "" {
		return "", secret.Text{}, errors.New("an account needs a name")
	}
	account = id.New(id.Account)
	key = secret.NewText(id.NewKey(live))
	return account, key, createAccount(ctx, db, &schema.Account{ID: account, Name: name, Live: live}, key)
}

func createAccount(ctx context.Context, db *schema.DB, a *schema.Account, key secret.Text) error {
	return db.InAccount(ctx, a.ID, func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertAccount(ctx, tx, a); err != nil {
			return fmt.Errorf("make the account: %w", err)
		}
		_, err := insertKey(ctx, tx, a.ID, key)
		return err
	})
}

func insertKey(ctx context.Context, tx bun.IDB, account string, key secret.Text) (string, error) {
	text := key.Reveal()
	row := &schema.Key{ID: id.New(id.Key), AccountID: account, Hash: HashKey(key), Last4: text[len(text)-4:]}
	if err := schema.InsertKey(ctx, tx, row); err != nil {
		return "", fmt.Errorf("make the key: %w", err)
	}
	return row.ID, nil
}

// CreateKey makes a further key of an account, shown this once.
func CreateKey(ctx context.Context, db *schema.DB, account string) (keyID string, key secret.Text, err error) {
	err = db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		keyID, key, err = addKey(ctx, tx, account)
		return err
	})
	return keyID, key, err
}

func addKey(ctx context.Context, tx bun.IDB, account string) (keyID string, key secret.Text, err error) {
	a, err := schema.GetAccount(ctx, tx)
	if err != nil {
		return "", secret.Text{}, Unknown(err, "account", account)
	}
	key = secret.NewText(id.NewKey(a.Live))
	keyID, err = insertKey(ctx, tx, account, key)
	return keyID, key, err
}

// RollKey makes a new key and lets an old one go on for a while. Where the old one is unknown, none is made.
func RollKey(ctx context.Context, db *schema.DB, account, old string, overlap time.Duration) (keyID string, key secret.Text, err error) {
	err = db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		if keyID, key, err = addKey(ctx, tx, account); err != nil {
			return err
		}
		return endKey(ctx, tx, old, overlap)
	})
	if err != nil {
		return "", secret.Text{}, err
	}
	return keyID, key, nil
}

// EndKey lets a key end after a while; 0 is at once.
func EndKey(ctx context.Context, db *schema.DB, account, keyID string, after time.Duration) error {
	return db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.GetAccount(ctx, tx); err != nil {
			return Unknown(err, "account", account)
		}
		return endKey(ctx, tx, keyID, after)
	})
}

func endKey(ctx context.Context, tx bun.IDB, keyID string, after time.Duration) error {
	if err := schema.EndKey(ctx, tx, keyID, time.Now().Add(after)); err != nil {
		return Unknown(err, "key", keyID)
	}
	return nil
}

// DevKey is the API key of the account that EnsureDevAccount makes; it exists nowhere else.
const DevKey = "sk_test_certflow_dev"

const devAccount = "acct_certflowdev"

// EnsureDevAccount makes the account of `certflow dev`, unless it is there.
func EnsureDevAccount(ctx context.Context, db *schema.DB) (string, error) {
	err := createAccount(ctx, db, &schema.Account{ID: devAccount, Name: "Development"}, secret.NewText(DevKey))
	if err != nil && !errors.Is(err, schema.ErrDuplicate) {
		return "", err
	}
	return devAccount, nil
}

// Unknown says of an id that an operator gave and that is none where to look for the right one; any other error it says with the id.
func Unknown(err error, what, id string) error {
	switch {
	case !errors.Is(err, schema.ErrNotFound):
		return fmt.Errorf("%s %s: %w", what, id, err)
	case what == "account":
		return fmt.Errorf("there is no account %s (`certflow accounts list` shows them)", id)
	}
	return fmt.Errorf("the account has no %s %s (`certflow %ss list` shows them)", what, id, what)
}
