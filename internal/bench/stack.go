package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the owner's connection

	"certflow/api/client"
	"certflow/internal/config"
	"certflow/internal/proc"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/worker"
)

// stack is a private PostgreSQL and Temporal with an API and, where wanted, a worker as processes.
type stack struct {
	dev    *service.Dev
	config *config.Config
	owner  *sql.DB // sees all accounts
	api    *proc.Process
	worker *proc.Process
	run    *run
	web    *http.Client
}

// start starts a stack that keeps nothing. What runs is stopped by stop.
func (r *run) start(ctx context.Context, withWorker bool) (_ *stack, err error) {
	c, err := config.Load()
	if err != nil {
		return nil, err
	}
	// The private parts are what is measured, whatever the environment says.
	c.TemporalAddress, c.TemporalNamespace, c.BlobURL = "", "default", ""
	c.DatabaseURL, c.OwnerDatabaseURL, c.SecretKeys = secret.Text{}, secret.Text{}, secret.Text{}
	dev, err := service.StartDev(ctx, c, service.DevOptions{
		Addr: "127.0.0.1:0", NoAPI: true, NoWorker: true, Progress: func(string) {},
	})
	if err != nil {
		return nil, err
	}
	s := &stack{dev: dev, config: c, run: r, web: &http.Client{
		Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true},
		Timeout:   2 * time.Minute,
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if s.owner, err = sql.Open("pgx", c.OwnerDatabaseURL.Reveal()); err != nil {
		return nil, fmt.Errorf("connect as the owner: %w", err)
	}
	// Until a first worker has registered them, no review can be started, and all wait for the sweep.
	if err := worker.EnsureSearchAttributes(ctx, dev.Service.Temporal, c.TemporalNamespace); err != nil {
		return nil, err
	}
	if s.api, err = s.startAPI(ctx, dev.URL, c.DatabaseURL.Reveal()); err != nil {
		return nil, err
	}
	if withWorker {
		if s.worker, err = startProcess(r.program, s.env(dev.URL, c.DatabaseURL.Reveal()), "worker"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// env configures a process of the stack.
func (s *stack) env(url, database string) []string {
	return []string{
		"CERTFLOW_DATABASE_URL=" + database, "CERTFLOW_BLOB_URL=" + s.config.BlobURL,
		"CERTFLOW_SECRET_KEY=" + s.config.SecretKeys.Reveal(), "CERTFLOW_TEMPORAL_ADDRESS=" + s.config.TemporalAddress,
		"CERTFLOW_TEMPORAL_NAMESPACE=" + s.config.TemporalNamespace, "CERTFLOW_TEMPORAL_API_KEY=",
		"CERTFLOW_WEBHOOK_ALLOW_HTTP=true", "CERTFLOW_WEBHOOK_ALLOW=127.0.0.0/8", "CERTFLOW_METRICS_ADDR=127.0.0.1:0",
		"CERTFLOW_ADDR=" + strings.TrimPrefix(url, "http://"), "CERTFLOW_PUBLIC_URL=" + url,
		"CERTFLOW_RATE_LIMIT=1000000000", "CERTFLOW_BUILD_ID=", "CERTFLOW_DRAIN_TIME=0s",
	}
}

// startAPI starts an API on a database and returns when it is ready.
func (s *stack) startAPI(ctx context.Context, url, database string) (*proc.Process, error) {
	p, err := startProcess(s.run.program, s.env(url, database), "api")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = until(ctx, 50*time.Millisecond, func() (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
		if err != nil {
			return false, err
		}
		response, err := s.web.Do(request)
		if err != nil {
			return false, nil // not yet
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("wait for the API: %w", err)
	}
	return p, nil
}

func (s *stack) stop() error {
	s.worker.Stop()
	s.api.Stop()
	s.web.CloseIdleConnections()
	var err error
	if s.owner != nil {
		err = s.owner.Close()
	}
	return errors.Join(err, s.dev.Stop())
}

// alive fails when a process of the stack has ended by itself.
func (s *stack) alive() error {
	for _, p := range []*proc.Process{s.api, s.worker} {
		if p == nil {
			continue
		}
		select {
		case <-p.Exited():
			return fmt.Errorf("%s ended by itself", p.Command())
		default:
		}
	}
	return nil
}

// until asks again and again until the answer is yes, an error, or ctx ends.
func until(ctx context.Context, every time.Duration, done func() (bool, error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// tenant is an account with a requirement and a contractor.
type tenant struct {
	account    string
	key        secret.Text
	contractor string
	client     *client.ClientWithResponses
	url        string
	web        *http.Client
}

func (s *stack) tenant(ctx context.Context, name string) (*tenant, error) {
	account, key, err := service.CreateAccount(ctx, s.dev.Service.DB, name, false)
	if err != nil {
		return nil, err
	}
	t := &tenant{account: account, key: key, url: s.dev.URL, web: s.web}
	if t.client, err = service.Client(s.dev.URL, key); err != nil {
		return nil, err
	}
	contractor, err := t.client.CreateContractorWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoContractor))
	if err != nil {
		return nil, fmt.Errorf("create a contractor: %w", err)
	}
	if contractor.JSON201 == nil {
		return nil, service.ResponseError("create a contractor", contractor.HTTPResponse, contractor.Body)
	}
	t.contractor = contractor.JSON201.ID
	requirement, err := t.client.CreateInsuranceRequirementWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoRequirement))
	if err != nil {
		return nil, fmt.Errorf("create a requirement: %w", err)
	}
	if requirement.JSON201 == nil {
		return nil, service.ResponseError("create a requirement", requirement.HTTPResponse, requirement.Body)
	}
	return t, nil
}

// ended counts the certificates of an account that have a verdict.
func (s *stack) ended(ctx context.Context, account string) (n int, err error) {
	if err := s.alive(); err != nil {
		return 0, err
	}
	err = s.owner.QueryRowContext(ctx, "SELECT count(*) FROM certificates WHERE account_id = $1 AND finished_at IS NOT NULL", account).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count verdicts: %w", err)
	}
	return n, nil
}

// span is the time from an account's first certificate to its last verdict, and how many ended in which status.
func (s *stack) span(ctx context.Context, account string) (seconds float64, statuses string, err error) {
	err = s.owner.QueryRowContext(ctx, `SELECT coalesce(extract(epoch FROM max(finished_at) - min(created_at)), 0)::double precision,
		(SELECT string_agg(n || ' ' || status, ', ' ORDER BY status) FROM (SELECT status, count(*) n FROM certificates WHERE account_id = $1 GROUP BY status) c)
		FROM certificates WHERE account_id = $1`, account).Scan(&seconds, &statuses)
	if err != nil {
		return 0, "", fmt.Errorf("read when certificates ended: %w", err)
	}
	return seconds, statuses, nil
}
