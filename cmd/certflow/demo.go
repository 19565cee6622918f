package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/api/client"
	"certflow/internal/certificate"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/workflows"
)

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "start everything on free ports, review sample certificates, check the signed webhooks, and stop",
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "timeout", Value: 3 * time.Minute, Usage: "how long the reviews may take"},
			jsonFlag(),
		},
		Action: runDemo,
	}
}

func runDemo(ctx context.Context, c *cli.Command) (err error) {
	say := progress(time.Now())
	cfg, err := devConfig()
	if err != nil {
		return err
	}
	dev, err := service.StartDev(ctx, cfg, service.DevOptions{Addr: "127.0.0.1:0", Progress: say})
	if err != nil {
		return err
	}
	defer func() {
		say("stopping")
		err = errors.Join(err, dev.Stop())
	}()
	ctx, cancel := context.WithTimeout(ctx, c.Duration("timeout"))
	defer cancel()
	d := &demo{dev: dev, say: say, out: c.Root().Writer, json: c.Bool("json")}
	return d.run(ctx)
}

// demo is one run of the samples through the service, as a client would do it.
type demo struct {
	dev      *service.Dev
	say      func(string)
	out      io.Writer
	json     bool
	api      *client.ClientWithResponses
	receiver *receiver
}

// reviewed is what became of one sample.
type reviewed struct {
	sample      sample.File
	id          string
	certificate *client.Certificate
	took        time.Duration
	events      int64
	differs     error // from what the sample deserves
}

func (d *demo) run(ctx context.Context) error {
	files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		return fmt.Errorf("draw the samples: %w", err)
	}
	if d.api, err = service.Client(d.dev.URL, secret.NewText(service.DevKey)); err != nil {
		return err
	}
	if d.receiver, err = startReceiver(); err != nil {
		return err
	}
	defer d.receiver.close()
	contractor, err := d.prepare(ctx)
	if err != nil {
		return err
	}
	d.say(fmt.Sprintf("uploading %d certificates", len(files)))
	var all []*reviewed
	for _, file := range files {
		uploaded, err := service.Upload(ctx, d.api, contractor, file.Name, bytes.NewReader(file.PDF))
		if err != nil {
			return err
		}
		all = append(all, &reviewed{sample: file, id: uploaded.ID})
	}
	d.say("waiting for the signed webhooks")
	for _, r := range all {
		if err := d.follow(ctx, r); err != nil {
			return err
		}
	}
	show := d.print
	if d.json {
		show = d.printJSON
	}
	if err := show(all); err != nil {
		return err
	}
	var differs error
	for _, r := range all {
		differs = errors.Join(differs, r.differs)
	}
	return differs
}

// prepare makes the contractor, the requirement and the endpoint of the demo, and returns the contractor's id.
func (d *demo) prepare(ctx context.Context) (string, error) {
	contractor, err := d.api.CreateContractorWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoContractor))
	if err != nil {
		return "", fmt.Errorf("create a contractor: %w", err)
	}
	if contractor.JSON201 == nil {
		return "", service.ResponseError("create a contractor", contractor.HTTPResponse, contractor.Body)
	}
	requirement, err := d.api.CreateInsuranceRequirementWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoRequirement))
	if err != nil {
		return "", fmt.Errorf("create a requirement: %w", err)
	}
	if requirement.JSON201 == nil {
		return "", service.ResponseError("create a requirement", requirement.HTTPResponse, requirement.Body)
	}
	endpoint, err := d.api.CreateWebhookEndpointWithResponse(ctx, nil, client.WebhookEndpointCreate{URL: d.receiver.url})
	if err != nil {
		return "", fmt.Errorf("create a webhook endpoint: %w", err)
	}
	if endpoint.JSON201 == nil || endpoint.JSON201.Secret == nil {
		return "", service.ResponseError("create a webhook endpoint", endpoint.HTTPResponse, endpoint.Body)
	}
	d.receiver.trust(secret.NewText(*endpoint.JSON201.Secret))
	return contractor.JSON201.ID, nil
}

// follow waits for a certificate's webhook, fetches the verdict and compares it with the one that the sample deserves.
func (d *demo) follow(ctx context.Context, r *reviewed) error {
	status, err := d.receiver.await(ctx, r.id)
	if err != nil {
		return fmt.Errorf("wait for the webhook of %s (%s): %w", r.sample.Name, r.id, err)
	}
	got, err := d.api.GetCertificateWithResponse(ctx, r.id, &client.GetCertificateParams{
		Expand: &client.Expand{client.ExpansionReviewResultsFull},
	})
	if err != nil {
		return fmt.Errorf("fetch %s: %w", r.id, err)
	}
	if got.JSON200 == nil || got.JSON200.ReviewResults == nil {
		return service.ResponseError("fetch "+r.id, got.HTTPResponse, got.Body)
	}
	r.certificate = got.JSON200
	if string(r.certificate.Status) != status {
		r.differs = fmt.Errorf("%s: the webhook says %s and the certificate %s", r.sample.Name, status, r.certificate.Status)
	}
	r.differs = errors.Join(r.differs, deserves(r.sample, r.certificate))
	// The webhook may come before the review has closed.
	id := workflows.ReviewID(d.dev.Account, r.id)
	if err := d.dev.Service.Temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		return fmt.Errorf("wait for the workflow of %s: %w", r.id, err)
	}
	run, err := d.dev.Service.Temporal.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return fmt.Errorf("look at the workflow of %s: %w", r.id, err)
	}
	info := run.GetWorkflowExecutionInfo()
	r.events = info.GetHistoryLength()
	r.took = info.GetCloseTime().AsTime().Sub(info.GetStartTime().AsTime())
	return nil
}

// deserves compares a verdict with what its sample is known to deserve.
func deserves(s sample.File, c *client.Certificate) error {
	if string(c.Status) != s.WantStatus {
		return fmt.Errorf("%s is %s and deserves %s", s.Name, c.Status, s.WantStatus)
	}
	if s.WantError != "" && (c.ReviewResults.Error == nil || string(c.ReviewResults.Error.Code) != s.WantError) {
		return fmt.Errorf("%s ended with %+v and deserves %s", s.Name, c.ReviewResults.Error, s.WantError)
	}
	var failed []string
	for _, result := range failedRules(c) {
		failed = append(failed, result.RuleName)
	}
	if !slices.Equal(failed, s.WantFailed) {
		return fmt.Errorf("%s failed the rules %q and deserves to fail %q", s.Name, failed, s.WantFailed)
	}
	return nil
}

func failedRules(c *client.Certificate) []client.AuditResult {
	var failed []client.AuditResult
	if c.ReviewResults.AuditResults != nil {
		for _, result := range *c.ReviewResults.AuditResults {
			if result.Result == client.AuditResultResultFail {
				failed = append(failed, result)
			}
		}
	}
	return failed
}

// print shows the table of the demo.
func (d *demo) print(all []*reviewed) error {
	fmt.Fprintln(d.out)
	table := tabwriter.NewWriter(d.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "FILE\tSTATUS\tEVENTS\tTIME\tTEMPORAL UI")
	for _, r := range all {
		link := cmp.Or(d.workflowURL(r), "–")
		fmt.Fprintf(table, "%s\t%s\t%d\t%.1f s\t%s\n", r.sample.Name, r.certificate.Status, r.events, r.took.Seconds(), link)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	fmt.Fprintln(d.out)
	for _, r := range all {
		if why := r.certificate.ReviewResults.Error; why != nil {
			fmt.Fprintf(d.out, "%s: %s\n  %s\n", r.sample.Name, why.Code, why.Message)
		}
		for _, result := range failedRules(r.certificate) {
			fmt.Fprintf(d.out, "%s: %s\n  %s\n", r.sample.Name, result.RuleName, result.Message)
		}
	}
	fmt.Fprintf(d.out, "\n%d certificates reviewed, %d webhooks received, each with both signatures verified.\n", len(all), d.receiver.count())
	return nil
}

// workflowURL is where the Temporal UI shows a review; empty without a UI.
func (d *demo) workflowURL(r *reviewed) string {
	if d.dev.UIURL == "" {
		return ""
	}
	return service.WorkflowURL(d.dev.UIURL, d.dev.Service.Config.TemporalNamespace, workflows.ReviewID(d.dev.Account, r.id))
}

// printJSON shows for programs what print shows.
func (d *demo) printJSON(all []*reviewed) error {
	type rule struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	}
	type shown struct {
		File        string                   `json:"file"`
		ID          string                   `json:"id"`
		Status      client.CertificateStatus `json:"status"`
		AsDeserved  bool                     `json:"as_deserved"`
		Error       *client.ReviewError      `json:"error"`
		FailedRules []rule                   `json:"failed_rules"`
		Events      int64                    `json:"events"`
		Seconds     float64                  `json:"seconds"`
		TemporalUI  string                   `json:"temporal_ui,omitempty"`
	}
	list := make([]shown, len(all))
	for i, r := range all {
		list[i] = shown{File: r.sample.Name, ID: r.id, Status: r.certificate.Status, AsDeserved: r.differs == nil, Error: r.certificate.ReviewResults.Error,
			FailedRules: []rule{}, Events: r.events, Seconds: r.took.Seconds(), TemporalUI: d.workflowURL(r)}
		for _, result := range failedRules(r.certificate) {
			list[i].FailedRules = append(list[i].FailedRules, rule{result.RuleName, result.Message})
		}
	}
	return printed(d.out, true, struct {
		Certificates []shown `json:"certificates"`
		Webhooks     int     `json:"webhooks"` // received, with both signatures verified
	}{list, d.receiver.count()}, "", nil)
}
