package schema

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// What a query may answer beside success; everything else is a fault of ours or of the database.
var (
	ErrNotFound       = errors.New("no such row in this account")
	ErrDuplicateEmail = errors.New("a contractor of this account has that e-mail address")
	ErrDuplicate      = errors.New("the row exists already")
	ErrMissing        = errors.New("the row refers to one that is not there")
	ErrInUse          = errors.New("a living row refers to this one")
	ErrBadCursor      = errors.New("the cursor is not an id of this account's list")
	ErrState          = errors.New("the row's state does not allow that")
	ErrVersion        = errors.New("the row has another version than the one expected")
	// ErrUnavailable says that there was no connection, that it broke, or that the server had not what it takes just then (room on its disk,
	// memory, time, leave to write): nothing was done, or nobody heard of it, and what was asked for may be asked again.
	ErrUnavailable = errors.New("the database cannot be reached, or takes nothing")
)

// Mapped turns what PostgreSQL says into one of the errors above, in the one place where that is done; other errors pass as
// they are.
func Mapped(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if disconnected(err) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return err
	}
	switch {
	case passes(pg.Code):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	case pg.Code == "23505" && pg.ConstraintName == "contractors_one_email":
		return ErrDuplicateEmail
	case pg.Code == "23505":
		return errors.Join(ErrDuplicate, err)
	case pg.Code == "23503" && strings.Contains(pg.Message, "insert or update"):
		return errors.Join(ErrMissing, err)
	case pg.Code == "23503":
		return errors.Join(ErrInUse, err)
	}
	return err
}

// disconnected reports whether an error is of the connection and not of what was asked.
func disconnected(err error) bool {
	var dial *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &dial) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) ||
		pgconn.SafeToRetry(err)
}

// passes reports whether a SQLSTATE is of the server's state and not of what was asked, so that the same may succeed later.
func passes(code string) bool {
	return slices.ContainsFunc([]string{"08", "40", "53"}, func(class string) bool { return strings.HasPrefix(code, class) }) || slices.Contains([]string{
		"25006",          // read-only: a standby, or a server that protects itself
		"25P03", "57P05", // a session in which nothing happened for too long
		"55P03", "57014", // a lock, a statement that took too long
		"57P01", "57P02", "57P03", // a shutdown, a crash, a start
		"58030", // its disk fails
	}, code)
}

// InUseError is ErrInUse with what refers to the row.
type InUseError struct{ By string }

// Error names what refers to the row.
func (e *InUseError) Error() string { return ErrInUse.Error() + ": " + e.By }

// Unwrap is ErrInUse.
func (e *InUseError) Unwrap() error { return ErrInUse }
