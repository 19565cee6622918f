//go:build unix

package devstack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres is a running PostgreSQL of our own. Its methods are not for concurrent use, but for URL and the database
// methods.
type Postgres struct {
	home     *home
	bin      string
	port     int
	password string
	child    *child
}

// startAttempts is how often a start with a port of our choice is tried: another process may take the port first.
const startAttempts = 3

// StartPostgres starts PostgreSQL and returns when it answers. The context bounds the start, not the server's life.
func StartPostgres(ctx context.Context, o Options) (*Postgres, error) {
	home, err := openHome(o)
	if err != nil {
		return nil, err
	}
	p := &Postgres{home: home}
	if err := p.prepare(ctx, o); err != nil {
		return nil, errors.Join(err, home.close())
	}
	attempts := startAttempts
	if o.PostgresPort != 0 {
		attempts = 1
	}
	for range attempts {
		var ports []int
		if ports, err = choosePorts(o.PostgresPort); err != nil {
			break
		}
		p.port = ports[0]
		o.progress("starting PostgreSQL on port %d", p.port)
		if err = p.start(ctx); err == nil {
			return p, nil
		}
	}
	return nil, errors.Join(err, home.close())
}

// prepare finds the programs, ends what an earlier run left and makes the cluster when there is none.
func (p *Postgres) prepare(ctx context.Context, o Options) error {
	version, exists, err := p.home.exists()
	if err != nil {
		return err
	}
	major := 0
	if exists {
		if major, err = strconv.Atoi(strings.TrimSpace(version)); err != nil {
			return fmt.Errorf("%s holds no PostgreSQL that this program can read: %w", p.home.data(), err)
		}
	}
	if p.bin, err = postgresPrograms(o, major, programCache(p.home.account)); err != nil {
		return err
	}
	if !exists {
		o.progress("making a database cluster in %s", p.home.dir)
		if err := p.initialise(ctx); err != nil {
			return err
		}
	}
	if err := endOrphan(ctx, filepath.Join(p.home.data(), "postmaster.pid"), p.home.data(), syscall.SIGINT); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(p.home.data(), passwordFile))
	if err != nil {
		return fmt.Errorf("read the superuser's password: %w", err)
	}
	p.password = string(text)
	return nil
}

// programCache is where downloaded programs are kept: for all users of the machine when root, since PostgreSQL's own
// must be able to run them.
func programCache(a account) string {
	if a.lent() {
		return filepath.Join(shared, "postgresql")
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "certflow", "postgresql")
}

const (
	superuser = "postgres"
	// passwordFile stands in the cluster's folder, so that there is never the one without the other.
	passwordFile = "certflow.password"
)

// initialise makes the cluster under another name and renames it when it is whole, so that a half-made one is never
// taken for good.
func (p *Postgres) initialise(ctx context.Context) error {
	making := p.home.data() + ".making"
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("remove a half-made database cluster: %w", err)
	}
	password := rand.Text()
	given := filepath.Join(p.home.dir, passwordFile)
	if err := os.WriteFile(given, []byte(password), 0o600); err != nil {
		return fmt.Errorf("write the superuser's password: %w", err)
	}
	if p.home.account.lent() {
		if err := os.Chown(given, int(p.home.account.credential.Uid), int(p.home.account.credential.Gid)); err != nil {
			return fmt.Errorf("hand over the superuser's password: %w", err)
		}
	}
	args := []string{
		"--pgdata", making, "--username", superuser, "--pwfile", given, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C",
	}
	if p.home.ephemeral {
		args = append(args, "--no-sync")
	}
	if out, err := p.command(ctx, "initdb", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("make a database cluster: %w:\n%s", err, out)
	}
	if err := os.Rename(given, filepath.Join(making, passwordFile)); err != nil {
		return fmt.Errorf("keep the superuser's password: %w", err)
	}
	if err := os.Rename(making, p.home.data()); err != nil {
		return fmt.Errorf("put the database cluster in place: %w", err)
	}
	return nil
}

// command is one of PostgreSQL's programs, as its user and with an environment in which no PG variable of the
// caller's changes what it does.
func (p *Postgres) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, program), args...)
	cmd.Dir = p.home.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + p.home.dir}
	if p.home.account.lent() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.home.account.credential}
	}
	return cmd
}

// start runs the server and waits until it answers.
func (p *Postgres) start(ctx context.Context) error {
	settings := []string{
		"listen_addresses=" + loopback, "unix_socket_directories=", "max_connections=200", "shared_buffers=64MB",
		"timezone=UTC", "log_timezone=UTC", "wal_level=minimal", "max_wal_senders=0",
	}
	remove := ""
	if p.home.ephemeral {
		// Commits still reach the operating system one by one: killing the server loses none of them.
		settings = append(settings, "fsync=off", "full_page_writes=off")
		remove = p.home.dir
	}
	args := []string{"-D", p.home.data(), "-p", strconv.Itoa(p.port)}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	log, err := os.Create(p.home.log())
	if err != nil {
		return fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	defer log.Close()
	// The server lives on when ctx ends.
	cmd := p.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if p.child, err = startChild(cmd, syscall.SIGINT, remove); err != nil {
		return err
	}
	if err := p.ready(ctx); err != nil {
		p.child.stop(syscall.SIGINT)
		return err
	}
	return nil
}

// readyTimeout leaves room for recovery after a crash.
const readyTimeout = time.Minute

func (p *Postgres) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, p.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.child.exited:
			return fmt.Errorf("PostgreSQL ended while it started:\n%s", tail(p.home.log()))
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w:\n%s", ctx.Err(), tail(p.home.log()))
		case <-tick.C:
		}
	}
}

// URL is the superuser's connection to a database of the server. It is for making roles and databases: a program
// that serves tenants must not use it, since no row-level security holds the superuser back. The password is random
// and made with the cluster.
func (p *Postgres) URL(database string) string {
	return (&url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, p.password),
		Host:     net.JoinHostPort(loopback, strconv.Itoa(p.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}).String()
}

// Port is the server's, on 127.0.0.1. It stays the same over a restart.
func (p *Postgres) Port() int { return p.port }

// PID is the server's first process, the parent of all others. After Restart, ask again.
func (p *Postgres) PID() int { return p.child.cmd.Process.Pid }

// Log is the file that the server writes to; every start begins it anew.
func (p *Postgres) Log() string { return p.home.log() }

// Done is closed when the server has ended, for whatever reason. After Restart, ask again.
func (p *Postgres) Done() <-chan struct{} { return p.child.exited }

// Stop ends the server in order and, when it is ephemeral, removes its data. It may be called again.
func (p *Postgres) Stop() error {
	p.child.stop(syscall.SIGINT, syscall.SIGQUIT)
	return p.home.close()
}

// Kill ends the server as a crash does: every connection is cut in the middle of what it did, nothing is written
// down, and Restart has to recover. The data stays.
func (p *Postgres) Kill() { p.child.stop(syscall.SIGQUIT) }

// Restart starts a server that was killed, or stops and starts one that runs, on the same port and data.
func (p *Postgres) Restart(ctx context.Context) error {
	p.child.stop(syscall.SIGINT, syscall.SIGQUIT)
	return p.start(ctx)
}

// CreateDatabase makes a database as a copy of template, or an empty one when that is "". Nobody may be connected to
// the template: connections that are just closing are waited for, as long as ctx lasts.
func (p *Postgres) CreateDatabase(ctx context.Context, name, template string) error {
	statement := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize()
	if template != "" {
		statement += " TEMPLATE " + pgx.Identifier{template}.Sanitize()
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.execute(ctx, statement)
		var refusal *pgconn.PgError
		if !errors.As(err, &refusal) || refusal.Code != objectInUse {
			if err != nil {
				return fmt.Errorf("create database %s: %w", name, err)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("create database %s: somebody is connected to %s: %w", name, template, err)
		case <-tick.C:
		}
	}
}

// objectInUse is the SQLSTATE object_in_use.
const objectInUse = "55006"

// DatabaseExists tells whether the server has a database of that name.
func (p *Postgres) DatabaseExists(ctx context.Context, name string) (bool, error) {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return false, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil {
		return false, fmt.Errorf("look for database %s: %w", name, err)
	}
	return exists, nil
}

// DropDatabase removes a database and cuts the connections to it. One that does not exist is no error.
func (p *Postgres) DropDatabase(ctx context.Context, name string) error {
	if err := p.execute(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

func (p *Postgres) execute(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
