package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"
	"gocloud.dev/blob"

	"certflow/internal/id"
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
	starts *starts
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
	return &Handlers{HandlersConfig: config, links: keys, starts: newStarts(config.Log), ending: make(chan struct{})}, nil
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

// known turns the error of a lookup by id into the 404 that names what was looked for.
func known(err error, what, id string) error {
	if errors.Is(err, schema.ErrNotFound) {
		return notFound(what, id)
	}
	return err
}

// find looks a row up by the id of a path. What has not the form of an id is not looked up.
func find[T any](ctx context.Context, tx bun.IDB, prefix id.Prefix, what, wanted string, get func(context.Context, bun.IDB, string) (*T, error)) (*T, error) {
	if !id.Valid(prefix, wanted) {
		return nil, notFound(what, wanted)
	}
	row, err := get(ctx, tx, wanted)
	return row, known(err, what, wanted)
}

// referred looks a row up by an id that stands in a body: refusal is the 400 when there is none.
func referred[T any](ctx context.Context, tx bun.IDB, prefix id.Prefix, wanted string, get func(context.Context, bun.IDB, string) (*T, error), refusal *Problem) (*T, error) {
	if !id.Valid(prefix, wanted) {
		return nil, refusal
	}
	row, err := get(ctx, tx, wanted)
	if errors.Is(err, schema.ErrNotFound) {
		return nil, refusal
	}
	return row, err
}

// removed soft-deletes by the id of a path and says so.
func removed(ctx context.Context, h *Handlers, prefix id.Prefix, object, what, wanted string, remove func(ctx context.Context, tx bun.IDB, id string) (time.Time, error)) (Deleted, error) {
	if !id.Valid(prefix, wanted) {
		return Deleted{}, notFound(what, wanted)
	}
	at, err := read(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (time.Time, error) { return remove(ctx, tx, wanted) })
	if err != nil {
		return Deleted{}, known(err, what, wanted)
	}
	return deleted(wanted, object, at), nil
}

func deleted(id, object string, at time.Time) Deleted {
	return Deleted{ID: id, Object: object, Deleted: true, DeletedAt: at.Unix()}
}

// listed reads a page and makes it the body of a list with its links. show makes an object of each row, idOf its id.
func listed[T, O any](ctx context.Context, h *Handlers, limit *int, after, before *string, list func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[T], error),
	show func(ctx context.Context, tx bun.IDB, rows []T) ([]O, error), idOf func(*T) string) (json.RawMessage, *string, error) {
	page, err := pageOf(limit, after, before)
	if err != nil {
		return nil, nil, err
	}
	type shown struct {
		rows    schema.Listed[T]
		objects []O
	}
	found, err := read(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (shown, error) {
		rows, err := list(ctx, tx, page)
		if errors.Is(err, schema.ErrBadCursor) {
			return shown{}, cursorFault(page)
		}
		if err != nil {
			return shown{}, err
		}
		objects, err := show(ctx, tx, rows.Rows)
		return shown{rows, objects}, err
	})
	if err != nil {
		return nil, nil, err
	}
	body, err := listBody(ctx, found.objects, found.rows.More)
	if err != nil {
		return nil, nil, fmt.Errorf("write a list: %w", err)
	}
	rows := found.rows.Rows
	if len(rows) == 0 {
		return body, nil, nil
	}
	return body, linksOf(ctx, page, idOf(&rows[0]), idOf(&rows[len(rows)-1]), found.rows.More), nil
}

// each makes objects of rows one by one.
func each[T, O any](show func(*T) O) func(context.Context, bun.IDB, []T) ([]O, error) {
	return func(_ context.Context, _ bun.IDB, rows []T) ([]O, error) {
		objects := make([]O, len(rows))
		for i := range rows {
			objects[i] = show(&rows[i])
		}
		return objects, nil
	}
}

// orNull is a nullable of a pointer.
func orNull[T any](p *T) nullable.Nullable[T] {
	if p == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*p)
}

// rawOrNull is a nullable of stored JSON.
func rawOrNull(raw json.RawMessage) nullable.Nullable[json.RawMessage] {
	if len(raw) == 0 {
		return nullable.NewNullNullable[json.RawMessage]()
	}
	return nullable.NewNullableWithValue(raw)
}

// setText takes an optional text of a body: absent leaves it, null and "" clear it.
func setText(to **string, given nullable.Nullable[string]) {
	if !given.IsSpecified() {
		return
	}
	*to = nil
	if text, err := given.Get(); err == nil && text != "" {
		*to = &text
	}
}

// setRaw takes an optional value of a body that is stored as it is.
func setRaw(to *json.RawMessage, given nullable.Nullable[StoredValue]) {
	if !given.IsSpecified() {
		return
	}
	*to = nil
	if raw, err := given.Get(); err == nil {
		*to = raw
	}
}

// setStored is setRaw for values that are kept together under their names.
func setStored(to map[string]any, name string, given nullable.Nullable[StoredValue]) {
	if !given.IsSpecified() {
		return
	}
	delete(to, name)
	if raw, err := given.Get(); err == nil {
		to[name] = raw
	}
}

// stored shows a value that is kept under its name; one that was never given is absent.
func stored(from map[string]any, name string) nullable.Nullable[StoredValue] {
	value, ok := from[name]
	if !ok {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return nullable.NewNullableWithValue[StoredValue](raw)
}

// setAddress takes a postal address, which replaces the one that is stored.
func setAddress(to *json.RawMessage, given nullable.Nullable[AddressInput]) error {
	if !given.IsSpecified() {
		return nil
	}
	*to = nil
	address, err := given.Get()
	if err != nil {
		return nil
	}
	raw, err := json.Marshal(address)
	if err != nil {
		return fmt.Errorf("write an address: %w", err)
	}
	*to = raw
	return nil
}

func shownAddress(raw json.RawMessage) nullable.Nullable[Address] {
	var address Address
	if len(raw) == 0 || json.Unmarshal(raw, &address) != nil {
		return nullable.NewNullNullable[Address]()
	}
	return nullable.NewNullableWithValue(address)
}

const (
	maxMetadataKeys  = 50
	maxMetadataKey   = 64
	maxMetadataValue = 500
)

// mergeMetadata takes custom_metadata: keys are merged, an empty value unsets one, {} and null clear all (CONTRACT §1).
func mergeMetadata(to *map[string]string, given nullable.Nullable[CustomMetadataUpdate]) error {
	if *to == nil {
		*to = map[string]string{}
	}
	if !given.IsSpecified() {
		return nil
	}
	update, err := given.Get()
	if err != nil || len(update) == 0 {
		*to = map[string]string{}
		return nil
	}
	for key, value := range update {
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxMetadataKey:
			return invalidField("custom_metadata", "A key has 1 to %d characters.", maxMetadataKey)
		case unstorable(key) || (value != nil && unstorable(*value)):
			return invalidField("custom_metadata", "Must be texts in UTF-8 without NUL.")
		case value != nil && utf8.RuneCountInString(*value) > maxMetadataValue:
			return invalidField("custom_metadata", "A value may have at most %d characters.", maxMetadataValue)
		case value == nil || *value == "":
			delete(*to, key)
		default:
			(*to)[key] = *value
		}
	}
	if len(*to) > maxMetadataKeys {
		return invalidField("custom_metadata", "May have at most %d keys.", maxMetadataKeys)
	}
	return nil
}

func shownMetadata(m map[string]string) CustomMetadata {
	if m == nil {
		return CustomMetadata{}
	}
	return m
}

// location is the Location of what was made.
func location(parts ...string) *string {
	url := basePath + "/" + strings.Join(parts, "/")
	return &url
}

// createdRange turns the created[…] filters, in whole seconds, into a range of times that begins at from and ends before to.
func createdRange(gt, gte, lt, lte *int64) (from, to time.Time) {
	at := func(seconds int64) time.Time { return time.Unix(min(seconds, maxUnix), 0) }
	if gte != nil {
		from = at(*gte)
	}
	if gt != nil && at(*gt+1).After(from) {
		from = at(*gt + 1)
	}
	if lt != nil {
		to = at(*lt)
	}
	if lte != nil && (to.IsZero() || at(*lte+1).Before(to)) {
		to = at(*lte + 1)
	}
	return from, to
}

// maxUnix is the last second that PostgreSQL's timestamps are asked about: the end of the year 9999.
const maxUnix = 253402300799

// actor is who a request acts for in a certificate's history.
func actor(ctx context.Context) string { return callOf(ctx).owner.KeyID }

func accountOf(ctx context.Context) string { return callOf(ctx).owner.AccountID }

// noRequirement is the refusal of a requirement that a body names and the account does not have.
func noRequirement(id string) *Problem {
	return refuse(http.StatusBadRequest, ErrorCodeNoInsuranceRequirementFound, "%s", absent("insurance requirement", id))
}
