// Package config is what certflow is told by its environment: one struct, each variable with what it is for. `certflow doctor --values`
// shows what is in force, never the secrets.
package config

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"certflow/internal/secret"
	"certflow/internal/webhook"
)

// Config is the environment of the serving commands. Secrets are secret.Text and never print.
type Config struct {
	// DatabaseURL is PostgreSQL for serving, as an unprivileged role: postgres://user:password@host:5432/certflow.
	DatabaseURL secret.Text `env:"CERTFLOW_DATABASE_URL"`
	// OwnerDatabaseURL is PostgreSQL for `certflow migrate`, as the role that owns the tables.
	OwnerDatabaseURL secret.Text `env:"CERTFLOW_OWNER_DATABASE_URL"`
	// DatabaseConnections bounds the connections of one process.
	DatabaseConnections int `env:"CERTFLOW_DATABASE_CONNECTIONS" envDefault:"20"`
	// BlobURL is where PDFs are kept: file:///var/lib/certflow/blobs, s3://bucket?region=….
	BlobURL string `env:"CERTFLOW_BLOB_URL"`
	// SecretKeys encrypt what must not lie in clear (webhook secrets, stored answers) and sign links: one or several keys of 32 bytes
	// in base64, separated by commas; the first one encrypts, all decrypt. `certflow keys secret` makes one.
	SecretKeys secret.Text `env:"CERTFLOW_SECRET_KEY"`

	// TemporalAddress, TemporalNamespace and TemporalAPIKey say where Temporal is (127.0.0.1:7233 when nothing does); an API key switches
	// TLS on.
	TemporalAddress   string      `env:"CERTFLOW_TEMPORAL_ADDRESS"`
	TemporalNamespace string      `env:"CERTFLOW_TEMPORAL_NAMESPACE" envDefault:"default"`
	TemporalAPIKey    secret.Text `env:"CERTFLOW_TEMPORAL_API_KEY"`
	// OperatorAccounts are the accounts whose people the console leads to the Temporal UI, which knows no walls between accounts.
	OperatorAccounts []string `env:"CERTFLOW_OPERATOR_ACCOUNTS"`
	// TemporalUIURL is the Temporal UI that links for operators lead to; empty for none.
	TemporalUIURL string `env:"CERTFLOW_TEMPORAL_UI_URL"`

	// Addr is what the API listens on; MetricsAddr what metrics are served on, by the API and by the worker, off for none.
	Addr        string `env:"CERTFLOW_ADDR" envDefault:"127.0.0.1:8080"`
	MetricsAddr string `env:"CERTFLOW_METRICS_ADDR" envDefault:"127.0.0.1:9090"`
	// OTLPEndpoint switches traces on: the OpenTelemetry collector that they go to, https://collector:4318. OTLPTracesEndpoint is the same for
	// traces alone, as a whole URL. What else OpenTelemetry's standard says of OTEL_EXPORTER_OTLP_…, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
	// OTEL_TRACES_SAMPLER and OTEL_BSP_… is obeyed too. Neither set: no traces, at no cost.
	OTLPEndpoint       string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	OTLPTracesEndpoint string `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`
	// OTLPProtocol is http/protobuf or grpc; OTLPTracesProtocol the same for traces alone.
	OTLPProtocol       string `env:"OTEL_EXPORTER_OTLP_PROTOCOL" envDefault:"http/protobuf"`
	OTLPTracesProtocol string `env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"`
	// TelemetryOff switches traces off whatever else is set.
	TelemetryOff bool `env:"OTEL_SDK_DISABLED"`
	// PublicURL is how clients reach the API: links to PDFs begin with it.
	PublicURL string `env:"CERTFLOW_PUBLIC_URL" envDefault:"http://127.0.0.1:8080"`
	// RateLimit is how many requests a key may make in RateWindow, over all API processes.
	RateLimit  int           `env:"CERTFLOW_RATE_LIMIT" envDefault:"6000"`
	RateWindow time.Duration `env:"CERTFLOW_RATE_WINDOW" envDefault:"1m"`
	// DrainTime is how long the API goes on taking requests after SIGTERM, no longer ready: what spreads requests must notice within it.
	DrainTime time.Duration `env:"CERTFLOW_DRAIN_TIME" envDefault:"5s"`
	// ShutdownTime is how long requests and activities may go on after SIGTERM; those of the API after the drain time.
	ShutdownTime time.Duration `env:"CERTFLOW_SHUTDOWN_TIME" envDefault:"15s"`
	// TrustedProxies are the addresses and ranges whose X-Forwarded-For says a client's address; none: it is the connection's.
	TrustedProxies []string `env:"CERTFLOW_TRUSTED_PROXIES"`

	// HeaderKB and BodyKB bound the header of a request and a body that is no upload, in KiB.
	HeaderKB int   `env:"CERTFLOW_HEADER_KB" envDefault:"32"`
	BodyKB   int64 `env:"CERTFLOW_BODY_KB" envDefault:"1024"`
	// FileMB bounds one PDF, in MiB; BulkFiles and BulkMB bound the files and the MiB of one bulk upload.
	FileMB    int64 `env:"CERTFLOW_FILE_MB" envDefault:"15"`
	BulkFiles int   `env:"CERTFLOW_BULK_FILES" envDefault:"500"`
	BulkMB    int64 `env:"CERTFLOW_BULK_MB" envDefault:"1024"`
	// MetadataKB bounds certificates_metadata, CustomMetadataKB the custom_metadata of a single upload, in KiB.
	MetadataKB       int64 `env:"CERTFLOW_METADATA_KB" envDefault:"1024"`
	CustomMetadataKB int64 `env:"CERTFLOW_CUSTOM_METADATA_KB" envDefault:"64"`
	// BodyPause is how long a client may pause within a body, BodyRate how many bytes a second it must send on average, and UploadTime
	// how long a whole body may take.
	BodyPause  time.Duration `env:"CERTFLOW_BODY_PAUSE" envDefault:"30s"`
	BodyRate   int64         `env:"CERTFLOW_BODY_RATE" envDefault:"4096"`
	UploadTime time.Duration `env:"CERTFLOW_UPLOAD_TIME" envDefault:"15m"`
	// Connections, Requests and Uploads bound what one API process keeps open, answers and takes at a time; AccountUploads and AccountStreams what it
	// takes of one account.
	Connections    int `env:"CERTFLOW_CONNECTIONS" envDefault:"8192"`
	Requests       int `env:"CERTFLOW_REQUESTS" envDefault:"2000"`
	Uploads        int `env:"CERTFLOW_UPLOADS" envDefault:"128"`
	AccountUploads int `env:"CERTFLOW_ACCOUNT_UPLOADS" envDefault:"64"`
	AccountStreams int `env:"CERTFLOW_ACCOUNT_STREAMS" envDefault:"32"`
	// Backlog is how many certificates may wait for their verdict, of all accounts together, before uploads are refused with 503.
	Backlog int `env:"CERTFLOW_BACKLOG" envDefault:"100000"`

	// BuildID names this build to Temporal: with it workers are versioned and nothing runs before `certflow worker promote`. Empty: unversioned.
	BuildID string `env:"CERTFLOW_BUILD_ID"`
	// ReviewSlots, DocumentSlots, ModelSlots and WebhookSlots bound the activities that one worker runs at once on each queue.
	ReviewSlots   int `env:"CERTFLOW_REVIEW_SLOTS" envDefault:"20"`
	DocumentSlots int `env:"CERTFLOW_DOCUMENT_SLOTS" envDefault:"4"`
	ModelSlots    int `env:"CERTFLOW_MODEL_SLOTS" envDefault:"4"`
	WebhookSlots  int `env:"CERTFLOW_WEBHOOK_SLOTS" envDefault:"50"`
	// ModelRate is about how many documents a second all workers together ask the language model; an answer that cannot be read is asked for once more.
	ModelRate float64 `env:"CERTFLOW_MODEL_RATE" envDefault:"1"`

	// Reader says who reads: acord (the layout reader alone), model (a language model always, too), or auto (a model where one is configured
	// and the layout reader does not know the form or is unsure).
	Reader string `env:"CERTFLOW_READER" envDefault:"auto"`
	// ModelProvider is the protocol of the model's server: anthropic, or openai for every server that is compatible with it. Model is its
	// name there; ModelURL the API's address where it is not the provider's own; ModelKey its key.
	ModelProvider string      `env:"CERTFLOW_MODEL_PROVIDER" envDefault:"anthropic"`
	Model         string      `env:"CERTFLOW_MODEL"`
	ModelURL      string      `env:"CERTFLOW_MODEL_URL"`
	ModelKey      secret.Text `env:"CERTFLOW_MODEL_API_KEY"`
	// ModelPictures sends pictures of the pages to an OpenAI-compatible server; without, it gets their words.
	ModelPictures bool `env:"CERTFLOW_MODEL_PICTURES" envDefault:"true"`
	// ModelPriceIn and ModelPriceOut are what a million tokens cost in US dollars, read and written.
	ModelPriceIn  float64 `env:"CERTFLOW_MODEL_PRICE_IN"`
	ModelPriceOut float64 `env:"CERTFLOW_MODEL_PRICE_OUT"`

	// PDFEngine trims documents: pdfcpu, or unipdf with its licence key.
	PDFEngine     string      `env:"CERTFLOW_PDF_ENGINE" envDefault:"pdfcpu"`
	UnipdfLicence secret.Text `env:"CERTFLOW_UNIPDF_LICENSE_KEY"`
	// ReaderMemory bounds the process that reads one document, in MiB.
	ReaderMemory int `env:"CERTFLOW_READER_MEMORY_MB" envDefault:"512"`

	// WebhookSchedule is the wait before each attempt of a delivery.
	WebhookSchedule string `env:"CERTFLOW_WEBHOOK_SCHEDULE" envDefault:"0s,5s,5m,30m,2h,5h,10h,14h,20h,24h"`
	// WebhookAllow are address ranges that webhooks may go to although they are private (10.1.0.0/16,…).
	WebhookAllow string `env:"CERTFLOW_WEBHOOK_ALLOW"`
	// WebhookHTTP lets webhooks go to http:// URLs: for development.
	WebhookHTTP bool `env:"CERTFLOW_WEBHOOK_ALLOW_HTTP"`
	// WebhookPorts are the ports that webhooks may go to; none given: all.
	WebhookPorts []uint16 `env:"CERTFLOW_WEBHOOK_PORTS"`
	// WebhookConcurrency bounds the requests to one endpoint at once from one worker.
	WebhookConcurrency int `env:"CERTFLOW_WEBHOOK_CONCURRENCY" envDefault:"5"`
}

// Variables are the names of all variables that Load reads.
func Variables() []string {
	var names []string
	for field := range reflect.TypeFor[Config]().Fields() {
		if name := field.Tag.Get("env"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Value is a variable with what is in force.
type Value struct {
	Name    string `json:"name"`
	Text    string `json:"value"`
	Default bool   `json:"default"` // nothing else was said
}

// Values are all variables with what is in force, in the order of the README. Of a secret it is only said that it is set.
func (c *Config) Values() []Value {
	var values []Value
	holder := reflect.ValueOf(*c)
	for i, field := range reflect.VisibleFields(holder.Type()) {
		name := field.Tag.Get("env")
		if name == "" {
			continue
		}
		v := Value{Name: name, Default: os.Getenv(name) == ""}
		switch held := holder.Field(i).Interface().(type) {
		case secret.Text:
			if !held.IsZero() {
				v.Text = "set"
			}
		case []string:
			v.Text = strings.Join(held, ",")
		default:
			if v.Text = fmt.Sprint(held); v.Text == "[]" {
				v.Text = ""
			}
		}
		if name == "CERTFLOW_TEMPORAL_ADDRESS" && v.Text == "" {
			v.Text = "127.0.0.1:7233" // the client's own default; `certflow dev` must be able to tell that none was given
		}
		values = append(values, v)
	}
	return values
}

// Load reads the environment.
func Load() (*Config, error) {
	c, err := env.ParseAs[Config]()
	if err != nil {
		return nil, fmt.Errorf("read the environment: %w", named(err))
	}
	return &c, nil
}

// named says of every value that cannot be read whose it is, by the variable rather than by our field. The value itself may be a secret.
func named(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	var faults error
	for _, one := range all.Errors {
		var fault env.ParseError
		if errors.As(one, &fault) {
			if field, ok := reflect.TypeFor[Config]().FieldByName(fault.Name); ok {
				one = fmt.Errorf("%s should be %s", field.Tag.Get("env"), form(field.Type))
			}
		}
		faults = errors.Join(faults, one)
	}
	return faults
}

// form says how a value of a type is written.
func form(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a time with its unit, such as 90s or 15m"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.String:
		return "whole numbers, separated by commas"
	case t.Kind() == reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// Serving checks what every serving process needs and names what is missing, all at once.
func (c *Config) Serving() error {
	var missing error
	for _, needed := range []struct {
		name string
		set  bool
	}{
		{"CERTFLOW_DATABASE_URL", !c.DatabaseURL.IsZero()}, {"CERTFLOW_BLOB_URL", c.BlobURL != ""}, {"CERTFLOW_SECRET_KEY", !c.SecretKeys.IsZero()},
	} {
		if !needed.set {
			missing = errors.Join(missing, fmt.Errorf("%s is not set", needed.name))
		}
	}
	if c.PDFEngine != "pdfcpu" && c.PDFEngine != "unipdf" {
		missing = errors.Join(missing, fmt.Errorf("CERTFLOW_PDF_ENGINE is %q and should be pdfcpu or unipdf", c.PDFEngine))
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		missing = errors.Join(missing, fmt.Errorf("CERTFLOW_PUBLIC_URL is %q and should look like https://certflow.example.com", c.PublicURL))
	}
	return errors.Join(missing, c.limits())
}

// minReaderMemory is what the process that reads a document needs, in MiB: under 160 even small certificates end as unreadable, as if their
// files were at fault.
const minReaderMemory = 256

// limits checks that what bounds something does so, and that nothing is bounded to nothing: a worker without a slot would serve without a word
// and do nothing.
func (c *Config) limits() error {
	var wrong error
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"CERTFLOW_RATE_LIMIT", int64(c.RateLimit)}, {"CERTFLOW_RATE_WINDOW", int64(c.RateWindow)}, {"CERTFLOW_HEADER_KB", int64(c.HeaderKB)},
		{"CERTFLOW_BODY_KB", c.BodyKB}, {"CERTFLOW_FILE_MB", c.FileMB}, {"CERTFLOW_BULK_FILES", int64(c.BulkFiles)}, {"CERTFLOW_BULK_MB", c.BulkMB},
		{"CERTFLOW_METADATA_KB", c.MetadataKB}, {"CERTFLOW_CUSTOM_METADATA_KB", c.CustomMetadataKB}, {"CERTFLOW_BODY_PAUSE", int64(c.BodyPause)},
		{"CERTFLOW_BODY_RATE", c.BodyRate}, {"CERTFLOW_UPLOAD_TIME", int64(c.UploadTime)}, {"CERTFLOW_REQUESTS", int64(c.Requests)},
		{"CERTFLOW_UPLOADS", int64(c.Uploads)}, {"CERTFLOW_ACCOUNT_UPLOADS", int64(c.AccountUploads)},
		{"CERTFLOW_ACCOUNT_STREAMS", int64(c.AccountStreams)}, {"CERTFLOW_BACKLOG", int64(c.Backlog)},
		{"CERTFLOW_DATABASE_CONNECTIONS", int64(c.DatabaseConnections)}, {"CERTFLOW_CONNECTIONS", int64(c.Connections)},
		{"CERTFLOW_REVIEW_SLOTS", int64(c.ReviewSlots)}, {"CERTFLOW_DOCUMENT_SLOTS", int64(c.DocumentSlots)},
		{"CERTFLOW_MODEL_SLOTS", int64(c.ModelSlots)}, {"CERTFLOW_WEBHOOK_SLOTS", int64(c.WebhookSlots)},
		{"CERTFLOW_WEBHOOK_CONCURRENCY", int64(c.WebhookConcurrency)},
	} {
		if limit.value < 1 {
			wrong = errors.Join(wrong, fmt.Errorf("%s must be more than 0", limit.name))
		}
	}
	for _, rate := range []struct {
		name string
		ok   bool
		must string
	}{
		{"CERTFLOW_MODEL_RATE", c.ModelRate > 0 && !math.IsInf(c.ModelRate, 0), "must be more than 0"}, // NaN is not
		{"CERTFLOW_MODEL_PRICE_IN", c.ModelPriceIn >= 0 && !math.IsInf(c.ModelPriceIn, 0), "may not be less than 0"},
		{"CERTFLOW_MODEL_PRICE_OUT", c.ModelPriceOut >= 0 && !math.IsInf(c.ModelPriceOut, 0), "may not be less than 0"},
		{"CERTFLOW_DRAIN_TIME", c.DrainTime >= 0, "may not be less than 0"},
		{"CERTFLOW_SHUTDOWN_TIME", c.ShutdownTime >= 0, "may not be less than 0"},
		{"CERTFLOW_READER_MEMORY_MB", c.ReaderMemory >= minReaderMemory, fmt.Sprintf("must be at least %d", minReaderMemory)},
	} {
		if !rate.ok {
			wrong = errors.Join(wrong, fmt.Errorf("%s %s", rate.name, rate.must))
		}
	}
	if c.FileMB > c.BulkMB {
		wrong = errors.Join(wrong, fmt.Errorf("CERTFLOW_BULK_MB is %d: less than CERTFLOW_FILE_MB, %d, which one file may have", c.BulkMB, c.FileMB))
	}
	return wrong
}

// Guard is what webhooks may go to.
func (c *Config) Guard() (*webhook.Guard, error) {
	ranges, err := webhook.ParseRanges(c.WebhookAllow)
	if err != nil {
		return nil, fmt.Errorf("CERTFLOW_WEBHOOK_ALLOW: %w", err)
	}
	return webhook.NewGuard(webhook.GuardOptions{AllowHTTP: c.WebhookHTTP, Ports: c.WebhookPorts, AllowedRanges: ranges}), nil
}
