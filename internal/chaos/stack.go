package chaos

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the owner's connection
	"go.temporal.io/api/workflowservice/v1"

	"certflow/internal/config"
	"certflow/internal/devstack"
	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/worker"
)

// stack is what is broken: servers, certflow's processes, and links between them. Everything reaches everything through a link, but for the
// checker, which goes straight to the servers.
type stack struct {
	dir     string
	dev     *service.Dev
	config  *config.Config
	owner   *sql.DB
	program string
	web     *http.Client

	links     map[string]*link
	targets   map[string]target
	addresses devstack.Addresses // of processes: one that is down must find its port again
	hooks     string             // where webhooks go: the beginning of the link to the receiver

	mu    sync.Mutex
	exits []string // processes that ended by themselves
}

// startStack starts everything and returns when the APIs answer.
func startStack(ctx context.Context, dir string, progress func(string)) (_ *stack, err error) {
	c, err := config.Load()
	if err != nil {
		return nil, err
	}
	// The private parts are what is broken, whatever the environment says.
	c.TemporalAddress, c.TemporalNamespace = "", "default"
	c.DatabaseURL, c.OwnerDatabaseURL, c.SecretKeys = secret.Text{}, secret.Text{}, secret.Text{}
	c.BlobURL = "file://" + filepath.ToSlash(filepath.Join(dir, "blobs"))
	s := &stack{dir: dir, config: c, links: map[string]*link{}, targets: map[string]target{}, web: &http.Client{Timeout: 5 * time.Second}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if s.program, err = os.Executable(); err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	s.dev, err = service.StartDev(ctx, c, service.DevOptions{Addr: "127.0.0.1:0", NoAPI: true, NoWorker: true, Progress: progress})
	if err != nil {
		return nil, err
	}
	if s.owner, err = sql.Open("pgx", c.OwnerDatabaseURL.Reveal()); err != nil {
		return nil, fmt.Errorf("connect as the owner: %w", err)
	}
	if err := worker.EnsureSearchAttributes(ctx, s.dev.Service.Temporal, c.TemporalNamespace); err != nil {
		return nil, err
	}
	if err := s.startProcesses(); err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if err := until(waiting, 100*time.Millisecond, func() bool { return len(s.ill(waiting)) == 0 }); err != nil {
		return nil, fmt.Errorf("wait for the processes to be healthy (%s): %w", strings.Join(s.ill(ctx), ", "), err)
	}
	return s, nil
}

// startProcesses starts the receiver, the APIs and the workers, each with links of its own to the servers.
func (s *stack) startProcesses() error {
	s.targets[postgres] = &databaseTarget{server: s.dev.Postgres, logs: s.dir}
	s.targets[temporal] = &temporalTarget{server: s.dev.Temporal, logs: s.dir}
	addr, err := s.addresses.Free("127.0.0.1")
	if err != nil {
		return err
	}
	s.addProcess(receiver, nil, "chaos", "receive", "--addr", addr, "--log", s.arrivals())
	toReceiver, err := s.addLink(linkName(workers, receiver), addr)
	if err != nil {
		return err
	}
	s.hooks = "http://" + toReceiver
	for _, name := range []string{api1, api2, worker1, worker2} {
		env, err := s.env(name)
		if err != nil {
			return err
		}
		command, _, _ := strings.Cut(name, "-")
		if command == "api" {
			addr, err := s.addresses.Free("127.0.0.1")
			if err != nil {
				return err
			}
			if _, err := s.addLink(linkName(clients, name), addr); err != nil {
				return err
			}
			env = append(env, "CERTFLOW_ADDR="+addr)
		}
		s.addProcess(name, env, command)
	}
	for _, name := range processes()[2:] {
		if err := s.targets[name].start(context.Background()); err != nil {
			return err
		}
	}
	return nil
}

// arrivals is the receiver's log.
func (s *stack) arrivals() string { return filepath.Join(s.dir, "arrivals.jsonl") }

func (s *stack) addProcess(name string, env []string, args ...string) {
	args = append([]string{"--log-level", "info", "--log-format", "text"}, args...)
	s.targets[name] = &processTarget{program: s.program, env: env, args: args, log: filepath.Join(s.dir, name+".log")}
}

func (s *stack) addLink(name, to string) (addr string, err error) {
	l, err := newLink(to)
	if err != nil {
		return "", err
	}
	s.links[name] = l
	return l.addr(), nil
}

// env configures a process of the stack.
func (s *stack) env(name string) ([]string, error) {
	database, err := url.Parse(s.config.DatabaseURL.Reveal())
	if err != nil {
		return nil, errors.New("the database URL cannot be parsed")
	}
	if database.Host, err = s.addLink(linkName(name, postgres), database.Host); err != nil {
		return nil, err
	}
	toTemporal, err := s.addLink(linkName(name, temporal), s.config.TemporalAddress)
	if err != nil {
		return nil, err
	}
	return []string{
		"CERTFLOW_DATABASE_URL=" + database.String(), "CERTFLOW_BLOB_URL=" + s.config.BlobURL,
		"CERTFLOW_SECRET_KEY=" + s.config.SecretKeys.Reveal(), "CERTFLOW_TEMPORAL_ADDRESS=" + toTemporal,
		"CERTFLOW_TEMPORAL_NAMESPACE=" + s.config.TemporalNamespace, "CERTFLOW_TEMPORAL_API_KEY=",
		"CERTFLOW_WEBHOOK_ALLOW_HTTP=true", "CERTFLOW_WEBHOOK_ALLOW=127.0.0.0/8", "CERTFLOW_WEBHOOK_SCHEDULE=" + hookSchedule,
		"CERTFLOW_METRICS_ADDR=off", "CERTFLOW_BUILD_ID=", "CERTFLOW_DRAIN_TIME=1s", "CERTFLOW_SHUTDOWN_TIME=5s", "CERTFLOW_READER=acord",
	}, nil
}

// hookSchedule tries again sooner than the contract's schedule, and long enough: a delivery must not be given up because its receiver was
// broken as often as it is here.
const hookSchedule = "0s,1s,2s,4s,8s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s,15s"

// ill names what does not answer as it should.
func (s *stack) ill(ctx context.Context) []string {
	var ill []string
	for _, name := range processes() {
		if !s.targets[name].alive() {
			ill = append(ill, name+" does not run")
		}
	}
	for _, name := range []string{api1, api2} {
		if why := s.unready(ctx, s.links[linkName(clients, name)].addr()); why != "" {
			ill = append(ill, name+" "+why)
		}
	}
	if err := s.owner.PingContext(ctx); err != nil {
		ill = append(ill, "postgres does not answer")
	}
	return ill
}

// unready says what an API says that it lacks.
func (s *stack) unready(ctx context.Context, addr string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		return err.Error()
	}
	response, err := s.web.Do(request)
	if err != nil {
		return "does not answer"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	var state struct{ Status string }
	if err != nil || json.Unmarshal(body, &state) != nil || state.Status != "ok" {
		return "says " + strings.TrimSpace(string(body))
	}
	return ""
}

// ours is the list of workflows that must end.
const ours = `WorkflowType IN ("ReviewCertificate", "BulkReview", "DeliverWebhook")`

// underWay counts what has not ended, in words; nothing is "".
func (s *stack) underWay(ctx context.Context) (string, error) {
	var open []string
	for _, q := range []struct{ what, query string }{
		{"certificates", "SELECT count(*) FROM certificates WHERE finished_at IS NULL AND deleted_at IS NULL"},
		{"jobs", "SELECT count(*) FROM jobs WHERE status IN ('provisioning', 'running')"},
		{"deliveries", "SELECT count(*) FROM deliveries WHERE status = 'pending'"},
	} {
		var n int
		if err := s.owner.QueryRowContext(ctx, q.query).Scan(&n); err != nil {
			return "", fmt.Errorf("count open %s: %w", q.what, err)
		}
		if n > 0 {
			open = append(open, fmt.Sprintf("%d %s", n, q.what))
		}
	}
	running, err := s.dev.Service.Temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: s.config.TemporalNamespace, Query: ours + ` AND ExecutionStatus = "Running"`})
	if err != nil {
		return "", fmt.Errorf("count running workflows: %w", err)
	}
	if n := running.GetCount(); n > 0 {
		open = append(open, fmt.Sprintf("%d workflows", n))
	}
	return strings.Join(open, ", "), nil
}

// busy reports whether as many certificates are open as may be, or nobody can tell.
func (s *stack) busy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var n int
	err := s.owner.QueryRowContext(ctx, "SELECT count(*) FROM certificates WHERE finished_at IS NULL AND deleted_at IS NULL").Scan(&n)
	return err != nil || n >= mostOpen
}

// crashes are lines of the processes' logs that no fault accounts for, and processes that ended by themselves.
func (s *stack) crashes() (crashes, exits []string) {
	for _, name := range processes()[2:] {
		text, err := os.ReadFile(s.targets[name].(*processTarget).log)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") || strings.Contains(line, "error=\"panic:") ||
				strings.Contains(line, "DATA RACE") {
				crashes = append(crashes, name+": "+strings.TrimSpace(line[:min(len(line), 300)]))
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return crashes, slices.Clone(s.exits)
}

func (s *stack) exited(name, how string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exits = append(s.exits, name+": "+how)
}

func (s *stack) stop() error {
	for _, name := range []string{worker1, worker2, api1, api2, receiver} {
		if t := s.targets[name]; t != nil {
			t.stop()
		}
	}
	for _, name := range []string{postgres, temporal} {
		if t := s.targets[name]; t != nil {
			t.keepLog()
		}
	}
	for _, l := range s.links {
		l.close()
	}
	s.web.CloseIdleConnections()
	var err error
	if s.owner != nil {
		err = s.owner.Close()
	}
	if s.dev != nil {
		err = errors.Join(err, s.dev.Stop())
	}
	return err
}
