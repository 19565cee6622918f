package deploy_test

import (
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"certflow/internal/devstack"
	"certflow/schema"
)

// TestTheRolesSufficeAndNoMore runs deploy/postgres/roles.sh on a real server, as PostgreSQL's image does, and then
// what `certflow migrate up` does.
func TestTheRolesSufficeAndNoMore(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("psql"); err != nil {
		missing(t, "psql, which the script needs, is not installed")
	}
	server, err := devstack.StartPostgres(t.Context(), devstack.Options{Ephemeral: true})
	if errors.Is(err, devstack.ErrMissing) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	superuser, err := url.Parse(server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := superuser.User.Password()
	script := exec.Command("./postgres/roles.sh")
	script.Env = append(os.Environ(),
		"PGHOST="+superuser.Hostname(), "PGPORT="+strconv.Itoa(server.Port()), "PGPASSWORD="+password,
		"POSTGRES_USER="+superuser.User.Username(), "CERTFLOW_OWNER_PASSWORD=owner's", "TEMPORAL_PASSWORD=temporal")
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("roles.sh: %v\n%s", err, out)
	}
	as := func(user, password, database string) string {
		u := *superuser
		u.User, u.Path = url.UserPassword(user, password), "/"+database
		return u.String()
	}
	owner, serving := as("certflow_owner", "owner's", "certflow"), as("certflow_serving", "serving", "certflow")
	for range 2 {
		if err := schema.EnsureRoles(t.Context(), owner, serving); err != nil {
			t.Fatal("make the roles as the owner:", err)
		}
		if _, err := schema.Migrate(t.Context(), owner); err != nil {
			t.Fatal("migrate as the owner:", err)
		}
	}
	db, err := schema.Open(serving, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(t.Context()); err != nil {
		t.Error("serve:", err)
	}
	for name, attempt := range map[string]struct{ url, statement string }{
		"who serves makes no table":            {serving, "CREATE TABLE t (id int)"},
		"who serves makes no role":             {serving, "CREATE ROLE r"},
		"Temporal's role reads no certificate": {as("temporal", "temporal", "certflow"), "SELECT * FROM certificates"},
		"the owner is no superuser":            {owner, "ALTER SYSTEM SET work_mem = '1MB'"},
	} {
		if err := execute(t, attempt.url, attempt.statement); !refused(err) {
			t.Errorf("%s: %v, want that it is refused", name, err)
		}
	}
	if err := execute(t, as("temporal", "temporal", "postgres"), "CREATE DATABASE temporal"); err != nil {
		t.Error("Temporal's role makes its database:", err)
	}
}

// missing skips a test that lacks a program, but for CI, where everything must be.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func execute(t *testing.T, url, statement string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), statement)
	return err
}

// refused tells whether PostgreSQL's answer is insufficient_privilege.
func refused(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && strings.HasPrefix(answer.Code, "42501")
}
