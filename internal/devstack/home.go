//go:build unix

package devstack

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// home is the folder in which a PostgreSQL lives, with the account that owns it.
type home struct {
	dir       string
	account   account
	ephemeral bool
	release   func() // gives up the lock of the data folder
}

// shared is where root keeps what another user must reach.
const shared = "/var/lib/certflow"

// openHome makes the folder when missing. It is DataDir/postgres. As root, when PostgreSQL's user cannot get there,
// that is a link to a folder of its own under /var/lib/certflow: with the link gone, as when DataDir was removed, the
// state behind it is gone too.
func openHome(o Options) (*home, error) {
	account, err := postgresAccount()
	if err != nil {
		return nil, err
	}
	if o.Ephemeral {
		return temporaryHome(account)
	}
	data, err := o.dataDir()
	if err != nil {
		return nil, err
	}
	release, err := hold(filepath.Join(data, "postgres.lock"))
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(data, "postgres")
	if !account.reaches(data) {
		if dir, err = linkedHome(dir); err != nil {
			release()
			return nil, err
		}
	}
	h := &home{dir: dir, account: account, release: release}
	if err := h.make(); err != nil {
		release()
		return nil, err
	}
	return h, nil
}

func (h *home) make() error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return fmt.Errorf("make PostgreSQL's folder: %w", err)
	}
	return h.account.give(h.dir)
}

func temporaryHome(a account) (*home, error) {
	for _, parent := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		if !a.reaches(parent) {
			continue
		}
		dir, err := os.MkdirTemp(parent, "certflow-postgres-")
		if err != nil {
			return nil, fmt.Errorf("make a temporary folder for PostgreSQL: %w", err)
		}
		if err := a.give(dir); err != nil {
			os.RemoveAll(dir)
			return nil, err
		}
		return &home{dir: dir, account: a, ephemeral: true, release: func() {}}, nil
	}
	return nil, errors.New("there is no temporary folder that PostgreSQL's user can reach")
}

// linkedHome returns the folder under /var/lib/certflow that link points at, or will.
func linkedHome(link string) (string, error) {
	sum := sha256.Sum256([]byte(link))
	dir := filepath.Join(shared, "postgres-"+hex.EncodeToString(sum[:6]))
	if target, err := os.Readlink(link); err == nil && target == dir {
		return dir, nil
	}
	for _, stale := range []string{dir, link} {
		if err := os.RemoveAll(stale); err != nil {
			return "", fmt.Errorf("remove the state of a data folder that is gone: %w", err)
		}
	}
	if err := os.MkdirAll(shared, 0o755); err != nil {
		return "", fmt.Errorf("make the folder that PostgreSQL's user can reach: %w", err)
	}
	if err := os.Symlink(dir, link); err != nil {
		return "", fmt.Errorf("note where PostgreSQL's data is: %w", err)
	}
	return dir, nil
}

// data is the cluster's folder. It exists once initdb has finished.
func (h *home) data() string { return filepath.Join(h.dir, "data") }

// log is where the server and initdb write.
func (h *home) log() string { return filepath.Join(h.dir, "postgres.log") }

// exists tells whether there is a cluster, and of which major version's making.
func (h *home) exists() (version string, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look at PostgreSQL's data: %w", err)
	}
	return string(text), true, nil
}

// close removes an ephemeral home and gives up a lasting one.
func (h *home) close() error {
	h.release()
	if !h.ephemeral {
		return nil
	}
	if err := os.RemoveAll(h.dir); err != nil {
		return fmt.Errorf("remove PostgreSQL's temporary folder: %w", err)
	}
	return nil
}
