package api

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"

	"certflow/internal/rules"
	"certflow/internal/secret"
	"certflow/internal/webhook"
	"certflow/schema"
)

// Starter starts and ends workflows.
type Starter interface {
	// StartReview starts the review of a certificate unless it runs; began says whether it did.
	StartReview(ctx context.Context, c *schema.Certificate) (began bool, err error)
	// CancelReview asks a review to end; one that does not run does not matter.
	CancelReview(ctx context.Context, account, certificate string) error
	// StartDelivery starts a delivery unless it runs.
	StartDelivery(ctx context.Context, d *schema.Delivery) error
	// ProvisionJob starts the workflow of a bulk job and returns when the job is provisioned.
	ProvisionJob(ctx context.Context, j *schema.Job) error
	// CancelJob tells the workflow of a bulk job that it was cancelled; one that does not run does not matter.
	CancelJob(ctx context.Context, job string) error
}

// Recoverer sends again what an endpoint never got.
type Recoverer interface {
	// StartRecovery starts sending the events of [since, until) that the endpoint wanted and never got.
	StartRecovery(ctx context.Context, account, endpoint string, since, until time.Time) error
}

// Files keeps the uploads.
type Files interface {
	Blobs
	// Open reads a file: an error that is blob.ErrNotFound of certflow when there is none.
	Open(ctx context.Context, key string) (*blob.Reader, error)
}

// Handlers answers the operations of the contract from the database.
type Handlers struct {
	HandlersConfig
	links  links
	starts *startQueue
	ending chan struct{} // closed when streams are to end
	end    sync.Once
}

// HandlersConfig is what handlers are made of. All fields but Limits, Recoverer and Now are needed.
type HandlersConfig struct {
	Log       *slog.Logger
	DB        *schema.DB
	Files     Files
	Secrets   *secret.Box // seals webhook secrets
	LinkKeys  secret.Text // sign the links to PDFs: one or several, separated by commas; the first one signs
	Judge     *rules.Judge
	Guard     *webhook.Guard // says where webhooks may go
	Starter   Starter
	Recoverer Recoverer
	PublicURL string // how clients reach the API, without /api/v1
	Limits    Limits
	Now       func() time.Time
}

// NewHandlers makes the handlers.
func NewHandlers(config HandlersConfig) (*Handlers, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Limits = config.Limits.withDefaults()
	config.PublicURL = strings.TrimSuffix(config.PublicURL, "/")
	keys, err := newLinks(config.LinkKeys)
	if err != nil {
		return nil, err
	}
	return &Handlers{HandlersConfig: config, links: keys, starts: newStartQueue(config.Log), ending: make(chan struct{})}, nil
}

func (h *Handlers) startDeliveries(ctx context.Context, deliveries []schema.Delivery) {
	for _, d := range deliveries {
		h.starts.start(ctx, d.ID, func(ctx context.Context) error { return h.Starter.StartDelivery(ctx, &d) })
	}
}

// Wait returns when everything that requests have left to be started was started, or given up.
func (h *Handlers) Wait() { h.starts.wait() }

// EndStreams ends the streams of events, which would last as long as their clients: these connect again. It may be called more than once.
func (h *Handlers) EndStreams() { h.end.Do(func() { close(h.ending) }) }

// location is the Location of what was made.
func location(parts ...string) *string {
	url := basePath + "/" + strings.Join(parts, "/")
	return &url
}

// actor is who a request acts for in a certificate's history.
func actor(ctx context.Context) string { return callOf(ctx).owner.KeyID }

func accountOf(ctx context.Context) string { return callOf(ctx).owner.AccountID }
