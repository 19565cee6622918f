package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"certflow/api/client"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
)

// tenant is an account with all that uploads need.
type tenant struct {
	account, contractor, tracker string
	endpoint                     string
	secret                       string // signs what the endpoint gets
	key                          secret.Text
}

// load is the clients.
type load struct {
	stack   *stack
	seed    uint64
	tenants []*tenant

	mu      sync.Mutex
	uploads []*Upload
	giveUp  context.CancelFunc
}

const (
	// singleClients upload one file at a time, bulkClients a batch.
	singleClients = 4
	bulkClients   = 2
	// mostOpen is how many certificates may wait for their verdict before clients hold back: what is found is to be of the faults, and not
	// of a machine that is too slow for what is asked of it.
	mostOpen = 60
)

// newLoad makes two accounts and has a first certificate reviewed, so that what follows breaks something that worked.
func newLoad(ctx context.Context, s *stack, seed uint64) (*load, error) {
	l := &load{stack: s, seed: seed}
	for i := range 2 {
		t, err := l.tenant(ctx, i)
		if err != nil {
			return nil, err
		}
		l.tenants = append(l.tenants, t)
	}
	d, err := newDrawer(rand.New(rand.NewPCG(seed, 2)))
	if err != nil {
		return nil, err
	}
	first, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	c := l.client(0)
	if u := l.send(first, c, single(c, d.draw("first", true))); !u.Answered() {
		return nil, fmt.Errorf("the first upload was not answered: %+v", u.Answers)
	}
	if err := until(first, 200*time.Millisecond, func() bool {
		open, err := s.underWay(first)
		return err == nil && open == ""
	}); err != nil {
		return nil, fmt.Errorf("wait for the first verdict: %w", err)
	}
	return l, nil
}

func (l *load) tenant(ctx context.Context, n int) (*tenant, error) {
	account, key, err := service.CreateAccount(ctx, l.stack.dev.Service.DB, fmt.Sprintf("Chaos %d", n), false)
	if err != nil {
		return nil, err
	}
	t := &tenant{account: account, key: key}
	api, err := service.Client(l.urls()[n], key)
	if err != nil {
		return nil, err
	}
	contractor, err := api.CreateContractorWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoContractor))
	if err != nil {
		return nil, fmt.Errorf("create a contractor: %w", err)
	}
	if contractor.JSON201 == nil {
		return nil, service.ResponseError("create a contractor", contractor.HTTPResponse, contractor.Body)
	}
	requirement, err := api.CreateInsuranceRequirementWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoRequirement))
	if err != nil {
		return nil, fmt.Errorf("create a requirement: %w", err)
	}
	if requirement.JSON201 == nil {
		return nil, service.ResponseError("create a requirement", requirement.HTTPResponse, requirement.Body)
	}
	tracker, err := api.CreateTrackerWithResponse(ctx, nil, client.TrackerCreate{Name: "Chaos"})
	if err != nil {
		return nil, fmt.Errorf("create a tracker: %w", err)
	}
	if tracker.JSON201 == nil {
		return nil, service.ResponseError("create a tracker", tracker.HTTPResponse, tracker.Body)
	}
	body := fmt.Sprintf(`{"url": %q, "events": [%s]}`, l.stack.hooks+"/"+account, `"`+strings.Join(wantedEvents(), `","`)+`"`)
	endpoint, err := api.CreateWebhookEndpointWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("create a webhook endpoint: %w", err)
	}
	if endpoint.JSON201 == nil || endpoint.JSON201.Secret == nil {
		return nil, service.ResponseError("create a webhook endpoint", endpoint.HTTPResponse, endpoint.Body)
	}
	t.contractor, t.tracker, t.endpoint, t.secret = contractor.JSON201.ID, tracker.JSON201.ID, endpoint.JSON201.ID, *endpoint.JSON201.Secret
	return t, nil
}

// wantedEvents are the types that endpoints ask for.
func wantedEvents() []string {
	return []string{"certificate.approved", "certificate.flagged", "certificate.denied", "certificate.error", "job.completed"}
}

// urls are where clients reach the APIs.
func (l *load) urls() []string {
	var urls []string
	for _, name := range []string{api1, api2} {
		urls = append(urls, "http://"+l.stack.links[linkName(clients, name)].addr())
	}
	return urls
}

func (l *load) client(n int) *caller {
	return &caller{
		tenant: l.tenants[n%len(l.tenants)], urls: l.urls(), random: rand.New(rand.NewPCG(l.seed, 100+uint64(n))),
		web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}},
	}
}

// start sets the clients to work for a while; the channel is closed when all have their answers.
func (l *load) start(ctx context.Context, lasting time.Duration) <-chan struct{} {
	ctx, l.giveUp = context.WithCancel(ctx)
	end := time.Now().Add(lasting)
	var all sync.WaitGroup
	for n := range singleClients + bulkClients {
		all.Go(func() { l.work(ctx, n, end) })
	}
	done := make(chan struct{})
	go func() {
		all.Wait()
		close(done)
	}()
	return done
}

// work is one client: it uploads, thinks, and uploads again.
func (l *load) work(ctx context.Context, n int, end time.Time) {
	c := l.client(n)
	defer c.web.CloseIdleConnections()
	d, err := newDrawer(c.random)
	if err != nil {
		return // the first client drew the same
	}
	for i := 0; time.Now().Before(end) && ctx.Err() == nil; i++ {
		if l.stack.busy(ctx) {
			_ = wait(ctx, time.Second)
			continue
		}
		name := fmt.Sprintf("client%d-%d", n, i)
		var b batch
		think := between(c.random, 200*time.Millisecond, 2*time.Second)
		if n < singleClients {
			b = single(c, d.draw(name, true))
		} else {
			b = bulk(c, d, name)
			think *= 5
		}
		l.send(ctx, c, b)
		_ = wait(ctx, think)
	}
}

// send uploads a batch until it is answered and keeps what was sent and what was answered.
func (l *load) send(ctx context.Context, c *caller, b batch) *Upload {
	u := &Upload{Key: b.key, Account: c.tenant.account, Bulk: b.bulk, Files: b.files}
	l.mu.Lock()
	l.uploads = append(l.uploads, u)
	l.mu.Unlock()
	answers := c.upload(ctx, b, u)
	l.mu.Lock()
	defer l.mu.Unlock()
	u.Answers = answers
	return u
}

// finish waits until the clients have their answers, for a while, and gives everything that was sent.
func (l *load) finish(done <-chan struct{}, most time.Duration) []*Upload {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	l.giveUp()
	<-done
	return l.uploads
}

// batch is what one request uploads.
type batch struct {
	key   string
	bulk  bool
	path  string
	texts [][2]string
	field string
	files []File
}

func single(c *caller, f File) batch {
	return batch{key: "key-" + f.Name, path: "/files/certificates", texts: [][2]string{{"contractor", c.tenant.contractor}}, field: "certificate", files: []File{f}}
}

// contractorOf is an entry of certificates_metadata.
type contractorOf struct {
	Filename   string            `json:"filename"`
	Contractor map[string]string `json:"contractor"`
}

// bulk draws a batch of 2 to 12 files: of the contractor that exists, of ones that the upload makes, and of nobody in particular.
func bulk(c *caller, d *drawer, name string) batch {
	b := batch{key: "key-" + name, bulk: true, path: "/files/external_certificates/tracker/placeholder/bulk", field: "certificates[]"}
	var about []contractorOf
	for i := range 2 + c.random.IntN(11) {
		kind := c.random.IntN(4)
		f := d.draw(fmt.Sprintf("%s-%d", name, i), kind > 0)
		b.files = append(b.files, f)
		who := map[string]string{"company_name": sample.DemoCompany}
		switch kind {
		case 0:
			continue
		case 1:
			who = map[string]string{"email": "office@harborandpine.example"}
		case 2:
			who["email"] = fmt.Sprintf("%s@chaos.example", name) // shared within the batch
		case 3:
			who["email"] = fmt.Sprintf("%s-%d@chaos.example", name, i)
		}
		about = append(about, contractorOf{f.Name, who})
	}
	metadata, err := json.Marshal(about)
	if err != nil || about == nil {
		metadata = []byte("[]")
	}
	b.texts = [][2]string{{"certificates_metadata", string(metadata)}, {"tracker_id", c.tenant.tracker}}
	return b
}
