//go:build unix

package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL runs as. It refuses to be root, so that root lends it another.
type account struct {
	credential *syscall.Credential // nil: our own user
}

// postgresAccount is our own user, or as root that of an installed PostgreSQL, or else nobody.
func postgresAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			continue
		}
		return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

// lent tells whether PostgreSQL runs as somebody else.
func (a account) lent() bool { return a.credential != nil }

// give makes a folder the account's own and closes it to others.
func (a account) give(dir string) error {
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close PostgreSQL's folder to others: %w", err)
	}
	if !a.lent() {
		return nil
	}
	if err := os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid)); err != nil {
		return fmt.Errorf("give PostgreSQL its folder: %w", err)
	}
	return nil
}

// reaches tells whether the account can get into dir: every folder on the way must let others through.
func (a account) reaches(dir string) bool {
	if !a.lent() {
		return true
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}
