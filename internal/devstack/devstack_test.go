package devstack_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shirou/gopsutil/v4/process"
	"go.uber.org/goleak"

	"certflow/internal/devstack"
)

// asParent makes the test binary play the program that starts the servers and is then killed.
const asParent = "CERTFLOW_DEVSTACK_PARENT"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(asParent); ok {
		if err := parent(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	goleak.VerifyTestMain(m)
}

// parent starts both servers, in dir or in temporary folders when that is empty, prints their addresses and waits to
// be killed.
func parent(dir string) error {
	o := devstack.Options{DataDir: dir, Ephemeral: dir == ""}
	p, err := devstack.StartPostgres(context.Background(), o)
	if err != nil {
		return err
	}
	t, err := devstack.StartTemporal(context.Background(), o)
	if err != nil {
		return err
	}
	fmt.Println("postgres", p.Port())
	fmt.Println("temporal", t.Address())
	fmt.Println("ready", os.Getpid())
	<-p.Done()
	return errors.New("PostgreSQL ended")
}

func TestNothingOutlivesAParentThatIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers several times")
	}
	for name, ephemeral := range map[string]bool{"with a data folder": false, "with temporary folders": true} {
		t.Run(name, func(t *testing.T) {
			tmp := reachableDir(t)
			dir := ""
			if !ephemeral {
				dir = filepath.Join(tmp, "data")
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), asParent+"="+dir, "TMPDIR="+tmp)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "ready") {
				if why, failed := strings.CutPrefix(lines.Text(), "error: "); failed {
					t.Fatal(why)
				}
			}
			servers := processesOf(t, tmp)
			if len(servers) < 2 {
				t.Fatalf("found the processes %v, want a PostgreSQL and a Temporal at least", servers)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()

			eventually(t, "every server has ended", func() bool { return len(processesOf(t, tmp)) == 0 })
			if ephemeral {
				eventually(t, "every temporary folder is gone", func() bool {
					left, err := os.ReadDir(tmp)
					return err == nil && len(left) == 0
				})
				return
			}
			o := devstack.Options{DataDir: dir}
			p, err := devstack.StartPostgres(t.Context(), o)
			if err != nil {
				t.Fatal("start again on the data of the killed parent:", err)
			}
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPostgresKeepsWhatWasCommittedOverACrash(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, devstack.Options{Ephemeral: true})
	if err := p.CreateDatabase(t.Context(), "kept", ""); err != nil {
		t.Fatal(err)
	}
	execute(t, p.URL("kept"), "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
	port := p.Port()

	p.Kill()
	<-p.Done()
	if conn, err := pgx.Connect(t.Context(), p.URL("kept")); err == nil {
		conn.Close(t.Context())
		t.Error("a killed server still answers")
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Port() != port {
		t.Errorf("it came back on port %d, want %d", p.Port(), port)
	}
	execute(t, p.URL("kept"), "SELECT 1/count(*) FROM t")
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal("restart a running server:", err)
	}
	execute(t, p.URL("kept"), "SELECT 1/count(*) FROM t")
}

func TestPostgresStartsAgainOnItsData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(reachableDir(t), "data")
	o := devstack.Options{DataDir: dir}
	p := startPostgres(t, o)
	execute(t, p.URL("postgres"), "CREATE DATABASE kept")
	if other, err := devstack.StartPostgres(t.Context(), o); err == nil {
		other.Stop()
		t.Error("two servers share a data folder")
	} else if !strings.Contains(err.Error(), "in use by another certflow") {
		t.Errorf("the refusal says %q", err)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p = startPostgres(t, o)
	if exists, err := p.DatabaseExists(t.Context(), "kept"); err != nil || !exists {
		t.Errorf("after a stop and a start: exists %v, error %v", exists, err)
	}
}

func TestPostgresOfAFolderThatItsUserCannotReach(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root lends PostgreSQL another user")
	}
	t.Parallel()
	private := filepath.Join(reachableDir(t), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	o := devstack.Options{DataDir: filepath.Join(private, "data")}
	p := startPostgres(t, o)
	elsewhere, err := os.Readlink(filepath.Join(o.DataDir, "postgres"))
	if err != nil {
		t.Fatal("the data folder does not say where PostgreSQL is:", err)
	}
	t.Cleanup(func() { os.RemoveAll(elsewhere) })
	execute(t, p.URL("postgres"), "CREATE DATABASE kept")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}

	p = startPostgres(t, o)
	if exists, err := p.DatabaseExists(t.Context(), "kept"); err != nil || !exists {
		t.Errorf("after a start on the same folder: exists %v, error %v", exists, err)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}

	if err := os.RemoveAll(o.DataDir); err != nil {
		t.Fatal(err)
	}
	p = startPostgres(t, o)
	if exists, err := p.DatabaseExists(t.Context(), "kept"); err != nil || exists {
		t.Errorf("after the data folder was removed: exists %v, error %v", exists, err)
	}
}

func TestAStalePidFileDoesNotStopPostgres(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(reachableDir(t), "data")
	o := devstack.Options{DataDir: dir}
	p := startPostgres(t, o)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	// A pid that lives and is not PostgreSQL's: our own.
	pidFile := filepath.Join(dir, "postgres", "data", "postmaster.pid")
	stale := fmt.Sprintf("%d\n%s\n1700000000\n5432\n\n127.0.0.1\n   12345         0\nready   \n", os.Getpid(), filepath.Dir(pidFile))
	if err := os.WriteFile(pidFile, []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	startPostgres(t, o)
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, devstack.Options{Ephemeral: true})
	second, err := devstack.StartPostgres(t.Context(), devstack.Options{Ephemeral: true, PostgresPort: p.Port()})
	if err == nil {
		second.Stop()
		t.Fatal("two servers share a port")
	}
	if want := fmt.Sprintf("port %d of 127.0.0.1 is taken", p.Port()); !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %q, want it to say %q", err, want)
	}
}

func TestMissingProgramsAreNamed(t *testing.T) {
	t.Parallel()
	_, err := devstack.StartPostgres(t.Context(), devstack.Options{Ephemeral: true, PostgresBin: t.TempDir()})
	if !errors.Is(err, devstack.ErrMissing) {
		t.Errorf("PostgreSQL: %v, want %v", err, devstack.ErrMissing)
	}
	_, err = devstack.StartTemporal(t.Context(), devstack.Options{Ephemeral: true, Temporald: filepath.Join(t.TempDir(), "temporald")})
	if !errors.Is(err, devstack.ErrMissing) {
		t.Errorf("Temporal: %v, want %v", err, devstack.ErrMissing)
	}
}

func startPostgres(t *testing.T, o devstack.Options) *devstack.Postgres {
	t.Helper()
	p, err := devstack.StartPostgres(t.Context(), o)
	if err != nil {
		skipMissing(t, err)
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// skipMissing skips where a program is not installed, but for CI, where everything must be.
func skipMissing(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, devstack.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
}

func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// reachableDir is like t.TempDir, whose folders another user cannot enter.
func reachableDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "certflow-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// processesOf lists the living processes whose command line names a folder, the guards among them.
func processesOf(t *testing.T, dir string) []int32 {
	t.Helper()
	all, err := process.Processes()
	if err != nil {
		t.Fatal("list the processes:", err)
	}
	var pids []int32
	for _, p := range all {
		// One that has ended meanwhile has neither.
		line, _ := p.Cmdline()
		status, err := p.Status()
		if err == nil && strings.Contains(line, dir) && !slices.Contains(status, process.Zombie) {
			pids = append(pids, p.Pid)
		}
	}
	return pids
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("after two minutes it is not so that %s", what)
		case <-tick.C:
		}
	}
}
