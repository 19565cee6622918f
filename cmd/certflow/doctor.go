package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"certflow/internal/config"
	"certflow/internal/reader"
	"certflow/internal/service"
	"certflow/schema"
)

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "say what is reachable, installed and configured; exit 1 with the remedy for what is not",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "values", Usage: "print instead every variable of the environment with what is in force; of secrets only whether they are set"},
			jsonFlag(),
		},
		Action: runDoctor,
	}
}

// finding is one thing that doctor looked at. A note without an error is how it stands.
type finding struct {
	part   string
	note   string
	err    error
	remedy string
}

func runDoctor(ctx context.Context, c *cli.Command) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	if c.Bool("values") {
		values := cfg.Values()
		return printed(c.Root().Writer, c.Bool("json"), values, "VARIABLE\tVALUE\t", func(line func(...any)) {
			for _, v := range values {
				from := ""
				if v.Default && v.Text != "" {
					from = "default"
				}
				line(v.Name, v.Text, from)
			}
		})
	}
	findings := []finding{
		tool("pdftoppm", "poppler-utils"), tool("tesseract", "tesseract-ocr"), engine(cfg), misspelt(os.Environ()),
	}
	findings = append(findings, parts(ctx, cfg)...)
	type shown struct {
		Part   string `json:"part"`
		OK     bool   `json:"ok"`
		Note   string `json:"note,omitempty"`
		Fault  string `json:"fault,omitempty"`
		Remedy string `json:"remedy,omitempty"`
	}
	ill := 0
	list := make([]shown, len(findings))
	for i, f := range findings {
		if f.err == nil {
			list[i] = shown{Part: f.part, OK: true, Note: f.note}
			continue
		}
		ill++
		list[i] = shown{Part: f.part, Fault: inOneLine(f.err), Remedy: f.remedy}
	}
	err = printed(c.Root().Writer, c.Bool("json"), list, "", func(line func(...any)) {
		for _, f := range list {
			if f.OK {
				line("ok", f.Part, f.Note)
				continue
			}
			line("FAULT", f.Part, f.Fault)
			if f.Remedy != "" {
				line("", "", "remedy: "+f.Remedy)
			}
		}
	})
	if err != nil {
		return err
	}
	if ill > 0 {
		return fmt.Errorf("%d of %d parts are not well", ill, len(findings))
	}
	return nil
}

// misspelt looks for variables that nothing reads and that are nearly one of certflow's: they leave a default in force without a word. Others
// that begin so are left alone, since what runs certflow may set some of its own.
func misspelt(environ []string) finding {
	f := finding{part: "environment", note: "no variable is misspelt", remedy: "correct the name, or unset it"}
	known := append(config.Variables(), "CERTFLOW_URL", "CERTFLOW_API_KEY", "CERTFLOW_LOG_LEVEL", "CERTFLOW_LOG_FORMAT")
	for _, variable := range slices.Sorted(slices.Values(environ)) {
		name, _, _ := strings.Cut(variable, "=")
		own, ok := strings.CutPrefix(name, "CERTFLOW_")
		if !ok || slices.Contains(known, name) {
			continue
		}
		nearest, near := "", 0.75
		for _, candidate := range known {
			if n := alike(own, strings.TrimPrefix(candidate, "CERTFLOW_")); n >= near {
				nearest, near = candidate, n
			}
		}
		if nearest != "" {
			f.err = errors.Join(f.err, fmt.Errorf("nothing reads %s: is %s meant?", name, nearest))
		}
	}
	return f
}

// tool looks for a program that reading scans needs.
func tool(name, pkg string) finding {
	path, err := exec.LookPath(name)
	return finding{part: name, note: path, err: err, remedy: "apt-get install " + pkg + " (or your system's package of that program)"}
}

// engine tries the configured PDF engine.
func engine(c *config.Config) finding {
	r, err := reader.New(c, "")
	if err == nil {
		r.Close()
	}
	return finding{part: "PDF engine", note: c.PDFEngine, err: err,
		remedy: "set CERTFLOW_PDF_ENGINE=pdfcpu, or give unipdf its CERTFLOW_UNIPDF_LICENSE_KEY"}
}

// parts looks at what the serving commands need.
func parts(ctx context.Context, c *config.Config) []finding {
	svc, err := service.Open(ctx, c)
	if err != nil {
		return []finding{{part: "configuration", err: err, remedy: "set the variables that README.md lists under \"Configuration\", or use certflow dev"}}
	}
	defer svc.Close()
	database := svc.DB.Ping(ctx)
	answers := finding{part: "database", note: "answers", err: database,
		remedy: "check CERTFLOW_DATABASE_URL, its user and password, and that PostgreSQL runs; certflow migrate up makes the user"}
	if database == nil {
		answers.err, answers.remedy = svc.DB.CheckWrite(ctx), "let CERTFLOW_DATABASE_URL lead to the primary, or undo what made it read-only "+
			"(default_transaction_read_only, a provider's guard against a full disk); until then uploads and decisions are refused and reviews wait"
	}
	role := finding{part: "database role", note: "held by the walls between accounts", remedy: "run certflow migrate up"}
	role = role.where(database, func() error { return svc.DB.CheckRole(ctx) })
	temporal := finding{part: "Temporal", note: c.TemporalAddress, remedy: "check CERTFLOW_TEMPORAL_ADDRESS; while it is away uploads are accepted and wait"}
	if _, temporal.err = svc.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); temporal.err == nil {
		temporal.remedy = "check CERTFLOW_TEMPORAL_NAMESPACE, or make the namespace"
		_, temporal.err = svc.Temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: c.TemporalNamespace})
	}
	blobs := finding{part: "blob store", note: c.BlobURL, err: svc.Blobs.Check(ctx), remedy: "check CERTFLOW_BLOB_URL and that the bucket exists"}
	if blobs.err == nil {
		blobs.err, blobs.remedy = svc.Blobs.CheckWrite(ctx), "make room on its disk or raise its quota, and check that certflow may write there; until then uploads are refused"
	}
	return []finding{
		{part: "configuration", note: "complete"},
		answers,
		role,
		clock(ctx, svc, database),
		secrets(ctx, svc, database),
		migrations(ctx, c, svc, database),
		blobs,
		temporal,
	}
}

// where looks at what only a database that answers can show.
func (f finding) where(database error, look func() error) finding {
	if database != nil {
		return f.unseen("the database does not answer")
	}
	f.err = look()
	return f
}

// unseen is a part that could not be looked at; what stands in the way has its own remedy.
func (f finding) unseen(why string) finding {
	f.err, f.remedy = errors.New("not looked at: "+why), ""
	return f
}

// clock compares this machine's clock with the database's.
func clock(ctx context.Context, svc *service.Service, database error) finding {
	f := finding{part: "clock", note: "agrees with the database's", remedy: "let chrony, systemd-timesyncd or another NTP client set it: webhooks are signed, and links to PDFs end, by it"}
	return f.where(database, func() error { return svc.CheckClock(ctx) })
}

// secrets tries the secret key on what was sealed.
func secrets(ctx context.Context, svc *service.Service, database error) finding {
	f := finding{part: "secret key", note: "opens every signing secret", remedy: "put the key that sealed them behind the first in CERTFLOW_SECRET_KEY, separated by a comma, " +
		"and run certflow keys reseal; where it is lost, docs/backup.md says how to go on without it"}
	if database == nil && svc.DB.CheckSchema(ctx) != nil {
		return f.unseen("the schema is not up to date")
	}
	return f.where(database, func() error { return svc.CheckSecrets(ctx) })
}

// migrations looks for missing ones: for all of them where the owner's URL is known, and else for the first.
func migrations(ctx context.Context, c *config.Config, svc *service.Service, database error) finding {
	f := finding{part: "schema", note: "up to date", remedy: "run certflow migrate up"}
	if c.OwnerDatabaseURL.IsZero() {
		return f.where(database, func() error { return svc.DB.CheckSchema(ctx) })
	}
	steps, err := schema.Migrations(ctx, c.OwnerDatabaseURL.Reveal())
	if err != nil {
		f.err, f.remedy = err, "check CERTFLOW_OWNER_DATABASE_URL, its user and password, and that PostgreSQL runs"
		return f
	}
	var missing []string
	for _, step := range steps {
		if !step.Applied {
			missing = append(missing, step.Name)
		}
	}
	switch len(missing) {
	case 0:
	case 1:
		f.err = fmt.Errorf("step %s is missing", missing[0])
	default:
		f.err = fmt.Errorf("%d steps are missing, from %s to %s", len(missing), missing[0], missing[len(missing)-1])
	}
	return f
}

// inOneLine writes an error as one line of a table; what a driver says of each address and again is said once.
func inOneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	said := strings.Join(lines, "; ")
	return strings.Replace(said, ":; ", ": ", 1)
}
