package deploytest

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"certflow/internal/devstack/stacktest"
)

// lastRelease is the tag of the newest release before this commit, which may be one itself.
func lastRelease(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "describe", "--tags", "--abbrev=0", "HEAD^").Output()
	if err != nil {
		t.Skip("nothing was released before this commit: git describe finds no tag, so there is no older binary that the present schema must bear")
	}
	return strings.TrimSpace(string(out))
}

// released builds the binary of a tag in a worktree of its own.
func released(t *testing.T, tag string) string {
	t.Helper()
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	git := func(args ...string) error {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	if err := git("worktree", "add", "--detach", tree, tag); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := git("worktree", "remove", "--force", tree); err != nil {
			t.Error(err)
		}
	})
	binary, err := build(tree, filepath.Join(dir, "certflow-"+tag))
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// Migrations are applied while the last release serves, and both serve side by side until the restart is through.
func TestTheLastReleaseServesOnThePresentSchema(t *testing.T) {
	tag := lastRelease(t)
	w := newWorld(t)
	present := w.program
	w.program = released(t, tag)
	if err := w.dev.Postgres.CreateDatabase(t.Context(), "released", ""); err != nil {
		t.Fatal(err)
	}
	owner, serving := inDatabase(t, w.config.OwnerDatabaseURL.Reveal(), "released"), inDatabase(t, w.config.DatabaseURL.Reveal(), "released")
	w.owner = w.database(owner)
	env := []string{"CERTFLOW_OWNER_DATABASE_URL=" + owner, "CERTFLOW_DATABASE_URL=" + serving}
	run := func(args ...string) string {
		t.Helper()
		out, err := w.run(w.env(env...), args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	run("migrate", "up")
	w.key = regexp.MustCompile(`sk_test_\S+`).FindString(run("accounts", "create", "--name", "Released"))
	oldAddress, address := stacktest.FreeAddress(t), stacktest.FreeAddress(t)
	w.api(oldAddress, env...)
	worker := w.start(w.program, w.env(env...), "worker")
	w.seed(oldAddress)
	reviewed := func(by, address string) string {
		t.Helper()
		id := w.upload(address, w.pdf)
		w.until("an upload to "+by+" has its verdict", func() bool { return ended(w.statusOf(address, id)) })
		if got := w.statusOf(address, id); got != "approved" {
			t.Errorf("an upload to %s is %s, want approved", by, got)
		}
		return id
	}
	certificates := []string{reviewed(tag, oldAddress)}

	w.program = present
	t.Logf("from %s: %s", tag, strings.TrimSpace(run("migrate", "up")))
	certificates = append(certificates, reviewed(tag+" after the migrations", oldAddress))
	w.api(address, env...)
	certificates = append(certificates, reviewed("the present API beside a worker of "+tag, address))
	worker.Stop()
	w.start(w.program, w.env(env...), "worker")
	certificates = append(certificates, reviewed(tag+" beside a present worker", oldAddress), reviewed("the present build", address))

	var endpoint struct{ ID string }
	w.post(oldAddress, "/webhook_endpoints", `{"url":"http://127.0.0.1:9/hook"}`, &endpoint)
	for _, path := range w.everything(oldAddress, endpoint.ID, certificates...) {
		for name, at := range map[string]string{tag: oldAddress, "the present build": address} {
			if a, err := w.send(t.Context(), http.MethodGet, at, path, w.key, "", nil, ""); err != nil || a.status != http.StatusOK {
				t.Errorf("%s answers %s with %d %s, %v", name, path, a.status, a.body, err)
			}
		}
	}
}
