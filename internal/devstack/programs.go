package devstack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// postgresPrograms finds the folder that holds PostgreSQL's initdb and postgres: the folder given, else that of
// PATH, else those that Debian's and Homebrew's packages use, newest first. A data folder of another major version
// cannot be opened, so where major is not 0 only that version will do. Nothing found, it downloads PostgreSQL into
// cache, as github.com/fergusstrange/embedded-postgres does.
func postgresPrograms(o Options, major int, cache string) (dir string, err error) {
	if o.PostgresBin != "" {
		if _, ok := postgresMajor(o.PostgresBin); !ok {
			return "", fmt.Errorf("PostgreSQL's initdb and postgres in %s: %w", o.PostgresBin, ErrMissing)
		}
		return o.PostgresBin, nil
	}
	var candidates []string
	if program, err := exec.LookPath("postgres"); err == nil {
		if program, err = filepath.EvalSymlinks(program); err == nil {
			candidates = append(candidates, filepath.Dir(program))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                // Debian
		"/usr/pgsql-*/bin",                         // Red Hat, from PostgreSQL's own packages
		"/opt/homebrew/opt/postgresql@*/bin",       // Homebrew on Apple's processors
		"/usr/local/opt/postgresql@*/bin",          // Homebrew on Intel's
		"/Applications/Postgres.app/*/Versions/*/", // Postgres.app
		filepath.Join(cache, "*", "bin"),           // an earlier download
	} {
		found, _ := filepath.Glob(pattern)
		slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) + strings.Compare(b, a) })
		candidates = append(candidates, found...)
	}
	for _, candidate := range candidates {
		if version, ok := postgresMajor(candidate); ok && (major == 0 || version == major) {
			return candidate, nil
		}
	}
	if major != 0 {
		return "", fmt.Errorf("PostgreSQL %d, whose data this is: %w: install it, or remove the data folder to begin anew", major, ErrMissing)
	}
	return downloadPostgres(o, cache, "")
}

// postgresMajor asks the programs of a folder for their major version. Not ok: something is missing, or too old.
func postgresMajor(dir string) (major int, ok bool) {
	const oldest = 14
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return 0, false
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, false
	}
	// "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
	_, rest, _ := strings.Cut(string(out), "(PostgreSQL) ")
	digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 1 {
		return 0, false
	}
	major, err = strconv.Atoi(rest[:digits])
	return major, err == nil && major >= oldest
}

// downloadPostgres fetches PostgreSQL's programs into a folder of the cache. The library fetches only as a part of
// starting a server: it is left to fail at that, since this package starts servers its own way.
// A repository of "" is Maven Central.
func downloadPostgres(o Options, cache, repository string) (string, error) {
	version := embeddedpostgres.V17
	o.progress("PostgreSQL is not installed: downloading %s", version)
	ports, err := choosePorts(0)
	if err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp("", "certflow-download-")
	if err != nil {
		return "", fmt.Errorf("make a folder to download to: %w", err)
	}
	defer os.RemoveAll(scratch)
	home := filepath.Join(cache, string(version))
	config := embeddedpostgres.DefaultConfig().
		Version(version).
		Port(uint32(ports[0])).
		CachePath(scratch).
		RuntimePath(filepath.Join(scratch, "runtime")).
		BinariesPath(home).
		Locale("there is no such locale").
		Logger(io.Discard)
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	server := embeddedpostgres.NewDatabase(config)
	err = server.Start()
	if err == nil {
		err = server.Stop()
	}
	bin := filepath.Join(home, "bin")
	if _, ok := postgresMajor(bin); ok {
		return bin, nil
	}
	if err == nil {
		err = errors.New("the download holds no PostgreSQL")
	}
	return "", fmt.Errorf("PostgreSQL: %w, and it could not be downloaded (%w): install it (Debian: apt-get install postgresql; macOS: brew install postgresql@17)", ErrMissing, err)
}

// temporaldProgram finds the program that serves Temporal: the one given, else that of the environment's TEMPORALD,
// else temporald beside this program or in bin/ of the source tree around the working directory, else temporald or
// the Temporal CLI, which takes the same flags, on PATH.
func temporaldProgram(o Options) (string, error) {
	for _, given := range []string{o.Temporald, os.Getenv("TEMPORALD")} {
		if given == "" {
			continue
		}
		program, err := exec.LookPath(given)
		if err != nil {
			return "", fmt.Errorf("%s, which is to serve Temporal: %w", given, ErrMissing)
		}
		return filepath.Abs(program)
	}
	var candidates []string
	if self, err := os.Executable(); err == nil {
		candidates = append(candidates, filepath.Join(filepath.Dir(self), "temporald"))
	}
	if root, ok := sourceRoot(); ok {
		candidates = append(candidates, filepath.Join(root, "bin", "temporald"))
	}
	for _, candidate := range append(candidates, "temporald", "temporal") {
		if program, err := exec.LookPath(candidate); err == nil {
			return filepath.Abs(program)
		}
	}
	return "", fmt.Errorf("temporald, the development server of Temporal: %w: make build builds it into bin/", ErrMissing)
}

// sourceRoot is the folder of this module's go.mod, when the working directory is in its tree.
func sourceRoot() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module certflow\n") {
			return dir, true
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}
