package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// table is the README's configuration: default by variable, in backticks or empty.
func table(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(readme), "\n### Configuration\n")
	text, _, ended := strings.Cut(text, "\n## ")
	if !found || !ended {
		t.Fatal("the README has no section Configuration")
	}
	rows := map[string]string{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		name := strings.Trim(cells[1], " `")
		if _, twice := rows[name]; twice || strings.TrimSpace(cells[3]) == "" {
			t.Errorf("%s stands twice, or without what it is for", name)
		}
		rows[name] = strings.Trim(cells[2], " `")
	}
	return rows
}

func TestTheReadmeNamesEveryVariableWithItsDefault(t *testing.T) {
	t.Parallel()
	rows := table(t)
	for _, elsewhere := range []string{"CERTFLOW_LOG_LEVEL", "CERTFLOW_LOG_FORMAT"} { // flags of every command
		delete(rows, elsewhere)
	}
	for field := range reflect.TypeFor[Config]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		got, there := rows[name]
		delete(rows, name)
		want := field.Tag.Get("envDefault")
		if name == "CERTFLOW_TEMPORAL_ADDRESS" {
			want = "127.0.0.1:7233" // the client's own
		}
		if !there || got != want {
			t.Errorf("the README says %s is %q by default (there: %v); it is %q", name, got, there, want)
		}
	}
	for name := range rows {
		t.Errorf("the README names %s, which nothing reads", name)
	}
}

// valid is a configuration with which a process may serve.
func valid(t *testing.T, more ...string) (*Config, error) {
	t.Helper()
	for _, one := range append([]string{"CERTFLOW_DATABASE_URL=postgres://x", "CERTFLOW_BLOB_URL=mem://", "CERTFLOW_SECRET_KEY=x"}, more...) {
		name, value, _ := strings.Cut(one, "=")
		t.Setenv(name, value)
	}
	return Load()
}

func TestWhatIsWrongIsNamedAtTheStart(t *testing.T) {
	for _, c := range []struct {
		name, set string
		want      []string // in the error; none for no error
	}{
		{"the defaults", "CERTFLOW_FILE_MB=15", nil},
		{"a limit of nothing", "CERTFLOW_UPLOADS=0", []string{"CERTFLOW_UPLOADS must be more than 0"}},
		{"a negative time", "CERTFLOW_BODY_PAUSE=-1s", []string{"CERTFLOW_BODY_PAUSE must be more than 0"}},
		{"a worker without slots", "CERTFLOW_DOCUMENT_SLOTS=0", []string{"CERTFLOW_DOCUMENT_SLOTS must be more than 0"}},
		{"fewer slots than none", "CERTFLOW_REVIEW_SLOTS=-1", []string{"CERTFLOW_REVIEW_SLOTS must be more than 0"}},
		{"no slot for models", "CERTFLOW_MODEL_SLOTS=0", []string{"CERTFLOW_MODEL_SLOTS must be more than 0"}},
		{"no slot for webhooks", "CERTFLOW_WEBHOOK_SLOTS=0", []string{"CERTFLOW_WEBHOOK_SLOTS must be more than 0"}},
		{"endpoints without requests", "CERTFLOW_WEBHOOK_CONCURRENCY=0", []string{"CERTFLOW_WEBHOOK_CONCURRENCY must be more than 0"}},
		{"connections without a bound", "CERTFLOW_DATABASE_CONNECTIONS=0", []string{"CERTFLOW_DATABASE_CONNECTIONS must be more than 0"}},
		{"an API that nobody reaches", "CERTFLOW_CONNECTIONS=0", []string{"CERTFLOW_CONNECTIONS must be more than 0"}},
		{"a model that is never asked", "CERTFLOW_MODEL_RATE=0", []string{"CERTFLOW_MODEL_RATE must be more than 0"}},
		{"a rate that is no number", "CERTFLOW_MODEL_RATE=NaN", []string{"CERTFLOW_MODEL_RATE must be more than 0"}},
		{"a model that pays", "CERTFLOW_MODEL_PRICE_IN=-1", []string{"CERTFLOW_MODEL_PRICE_IN may not be less than 0"}},
		{"a drain before it begins", "CERTFLOW_DRAIN_TIME=-5s", []string{"CERTFLOW_DRAIN_TIME may not be less than 0"}},
		{"no drain at all", "CERTFLOW_DRAIN_TIME=0s", nil},
		{"a reader that has no room", "CERTFLOW_READER_MEMORY_MB=64", []string{"CERTFLOW_READER_MEMORY_MB must be at least 256"}},
		{"a number that is none", "CERTFLOW_BACKLOG=many", []string{"CERTFLOW_BACKLOG should be a whole number"}},
		{"a time without a unit", "CERTFLOW_UPLOAD_TIME=15", []string{"CERTFLOW_UPLOAD_TIME should be a time with its unit"}},
		{"a switch that is neither on nor off", "CERTFLOW_WEBHOOK_ALLOW_HTTP=perhaps", []string{"CERTFLOW_WEBHOOK_ALLOW_HTTP should be true or false"}},
		{"a port that is none", "CERTFLOW_WEBHOOK_PORTS=443,x", []string{"CERTFLOW_WEBHOOK_PORTS should be whole numbers"}},
		{"a file larger than an upload", "CERTFLOW_BULK_MB=10", []string{"CERTFLOW_BULK_MB is 10: less than CERTFLOW_FILE_MB, 15"}},
		{"an engine that there is not", "CERTFLOW_PDF_ENGINE=x", []string{`CERTFLOW_PDF_ENGINE is "x" and should be pdfcpu or unipdf`}},
		{"a public URL without its scheme", "CERTFLOW_PUBLIC_URL=certflow.example.com", []string{`CERTFLOW_PUBLIC_URL is "certflow.example.com" and should look like https://`}},
		{"a missing database", "CERTFLOW_DATABASE_URL=", []string{"CERTFLOW_DATABASE_URL is not set"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, err := valid(t, c.set)
			if err == nil {
				err = config.Serving()
			}
			if len(c.want) == 0 && err != nil {
				t.Error(err)
			}
			for _, want := range c.want {
				if !strings.Contains(fmt.Sprint(err), want) {
					t.Errorf("the error is %q, which does not say %q", fmt.Sprint(err), want)
				}
			}
		})
	}
}
