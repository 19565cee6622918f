package schema

import (
	"database/sql"
	"errors"
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
)

// Mapped turns what PostgreSQL says into one of the errors above, in the one place where that is done; other errors pass as
// they are.
func Mapped(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
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
