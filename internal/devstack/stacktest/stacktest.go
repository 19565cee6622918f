// Package stacktest gives tests real servers: one PostgreSQL and one Temporal for a whole test binary, started by
// the first test that asks, and for each test a database or a namespace of its own.
//
// A test binary that uses it should end through Run, so that the servers stop in order:
//
//	func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }
//
// Without that, and when a test panics or is killed, they end with the process all the same (package devstack).
//
// A test is skipped, with the reason, where a server's program is not to be had; where the environment says CI=true
// it fails, since a green run must not mean that nothing ran.
package stacktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"certflow/internal/devstack"
)

// stack is what the tests of a binary share. It is a variable of the package because nothing else outlives a test.
var stack shared

type shared struct {
	postgres  lazy[*devstack.Postgres]
	temporal  lazy[*devstack.Temporal]
	templates sync.Map // of the pointer of a function: *lazy[string]
	addresses devstack.Addresses
	sequence  atomic.Int64
}

// lazy is a value that is made once, by the first who asks; an error is kept too.
type lazy[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (l *lazy[T]) get(make func() (T, error)) (T, error) {
	l.once.Do(func() { l.value, l.err = make() })
	return l.value, l.err
}

// startTimeout bounds the start of a server and the making of a template.
const startTimeout = 2 * time.Minute

// Run runs the tests and stops what they started. Its result is for os.Exit.
func Run(m *testing.M) int {
	code := m.Run()
	for _, err := range []error{stopPostgres(), stopTemporal()} {
		if err != nil {
			fmt.Fprintln(os.Stderr, "stop the servers of the tests:", err)
			code = max(code, 1)
		}
	}
	return code
}

func stopPostgres() error {
	p, err := stack.postgres.get(func() (*devstack.Postgres, error) { return nil, errors.New("never started") })
	if err != nil {
		return nil
	}
	return p.Stop()
}

func stopTemporal() error {
	s, err := stack.temporal.get(func() (*devstack.Temporal, error) { return nil, errors.New("never started") })
	if err != nil {
		return nil
	}
	return s.Stop()
}

// Postgres returns the server that the tests of this binary share. Do not stop it: a test of what happens without a
// database starts its own with devstack.
func Postgres(t testing.TB) *devstack.Postgres {
	t.Helper()
	p, err := stack.postgres.get(func() (*devstack.Postgres, error) {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		return devstack.StartPostgres(ctx, devstack.Options{Ephemeral: true})
	})
	require(t, err)
	return p
}

// Database returns the superuser's URL of a new database that prepare has filled, and removes it after the test.
// prepare is called once in a test binary, with the URL of a template that is then copied; functions are told apart
// by their code, so what a closure has captured must not matter. A nil prepare gives an empty database.
//
// Roles belong to the server, not to the database: what prepare does with them must bear being done twice.
func Database(t testing.TB, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	server := Postgres(t)
	template := ""
	if prepare != nil {
		made, _ := stack.templates.LoadOrStore(reflect.ValueOf(prepare).Pointer(), &lazy[string]{})
		var err error
		template, err = made.(*lazy[string]).get(func() (string, error) { return makeTemplate(server, prepare) })
		if err != nil {
			t.Fatal("make the database that the tests copy:", err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	name := stack.name("test")
	if err := server.CreateDatabase(ctx, name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		if err := server.DropDatabase(ctx, name); err != nil {
			t.Error(err)
		}
	})
	return server.URL(name)
}

func makeTemplate(server *devstack.Postgres, prepare func(ctx context.Context, url string) error) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	name := stack.name("template")
	if err := server.CreateDatabase(ctx, name, ""); err != nil {
		return "", err
	}
	return name, prepare(ctx, server.URL(name))
}

// Namespace is a test's own part of the shared Temporal server.
type Namespace struct {
	// Server is shared: do not stop it.
	Server *devstack.Temporal
	// Address is host:port for a client's HostPort.
	Address string
	// Name is for a client's Namespace.
	Name string
}

// Temporal returns a new namespace on the server that the tests of this binary share.
func Temporal(t testing.TB) Namespace {
	t.Helper()
	server, err := stack.temporal.get(func() (*devstack.Temporal, error) {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		return devstack.StartTemporal(ctx, devstack.Options{Ephemeral: true})
	})
	require(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	name := strings.ReplaceAll(stack.name("test"), "_", "-")
	if err := server.CreateNamespace(ctx, name, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	return Namespace{Server: server, Address: server.Address(), Name: name}
}

// name is one that this binary has not given before.
func (s *shared) name(kind string) string {
	return kind + "_" + strconv.FormatInt(s.sequence.Add(1), 10)
}

// require ends the test when a server could not be started.
func require(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, devstack.ErrMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// FreeAddress is an address of this machine that nobody listens on, another one each time.
func FreeAddress(t testing.TB) string {
	t.Helper()
	addr, err := stack.addresses.Free("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return addr
}
