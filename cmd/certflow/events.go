package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"certflow/api/client"
	"certflow/internal/certificate"
	"certflow/internal/id"
	"certflow/internal/sample"
	"certflow/internal/service"
)

func eventsCommand() *cli.Command {
	return &cli.Command{
		Name: "events", Usage: "send deliveries again",
		Commands: []*cli.Command{{
			Name: "resend", ArgsUsage: "del_…", Usage: "make a new delivery of the same event", Flags: remoteFlags(),
			Action: withRemote(func(ctx context.Context, c *cli.Command, r *remote) error {
				delivery := c.Args().First()
				if !id.Valid(id.Delivery, delivery) {
					return errors.New("name the delivery: certflow events resend del_…")
				}
				made, err := r.ResendDeliveryWithResponse(ctx, delivery, nil)
				if err != nil {
					return r.unreachable("resend "+delivery, err)
				}
				if made.JSON201 == nil {
					return service.ResponseError("resend "+delivery, made.HTTPResponse, made.Body)
				}
				return r.print(made.JSON201, "DELIVERY\tEVENT\tTYPE\tENDPOINT\tSTATUS", func(line func(...any)) {
					line(made.JSON201.ID, made.JSON201.Event, made.JSON201.EventType, made.JSON201.WebhookEndpoint, made.JSON201.Status)
				})
			}),
		}},
	}
}

// triggers are the events that `certflow trigger` makes happen, with the sample that does it.
var triggers = map[string]string{
	"certificate.approved": "approved.pdf",
	"certificate.flagged":  "flagged-limit.pdf",
	"certificate.error":    "not-a-certificate.pdf",
}

func triggerCommand() *cli.Command {
	return &cli.Command{
		Name: "trigger", ArgsUsage: "EVENT",
		Usage: "make an event happen for real, by uploading a sample: certificate.approved, certificate.flagged or certificate.error",
		Flags: remoteFlags(), Action: withRemote(trigger),
	}
}

func trigger(ctx context.Context, c *cli.Command, r *remote) error {
	name, ok := triggers[c.Args().First()]
	if !ok {
		return errors.New("name the event: certflow trigger certificate.approved | certificate.flagged | certificate.error")
	}
	files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		return fmt.Errorf("draw the samples: %w", err)
	}
	contractor, requirement, err := r.prepare(ctx)
	if err != nil {
		return err
	}
	for _, file := range files {
		if file.Name != name {
			continue
		}
		uploaded, err := service.UploadFor(ctx, r.ClientWithResponses, contractor, requirement, file.Name, bytes.NewReader(file.PDF))
		if err != nil {
			return err
		}
		verdict, err := r.awaitVerdict(ctx, uploaded.ID)
		if err != nil {
			return err
		}
		return r.printVerdict(verdict)
	}
	return fmt.Errorf("the samples have no %s", name)
}

// prepare finds or makes the contractor and the requirement of the samples.
func (r *remote) prepare(ctx context.Context) (contractor, requirement string, err error) {
	email := "office@harborandpine.example"
	limit, format := 1, client.ListFormatArray
	found, err := r.ListContractorsWithResponse(ctx, &client.ListContractorsParams{Email: &email, Limit: &limit, ListFormat: &format})
	if err != nil {
		return "", "", r.unreachable("look for the samples' contractor", err)
	}
	if found.JSON200 == nil {
		return "", "", service.ResponseError("look for the samples' contractor", found.HTTPResponse, found.Body)
	}
	if list, err := found.JSON200.AsContractorList0(); err == nil && len(list) > 0 {
		contractor = list[0].ID
	} else {
		made, err := r.CreateContractorWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(sample.DemoContractor))
		if err != nil {
			return "", "", r.unreachable("create the samples' contractor", err)
		}
		if made.JSON201 == nil {
			return "", "", service.ResponseError("create the samples' contractor", made.HTTPResponse, made.Body)
		}
		contractor = made.JSON201.ID
	}
	// A requirement of its own: the account's default may ask for something else.
	body := strings.Replace(sample.DemoRequirement, `"default": true`, `"default": false`, 1)
	asked, err := r.CreateInsuranceRequirementWithBodyWithResponse(ctx, nil, "application/json", strings.NewReader(body))
	if err != nil {
		return "", "", r.unreachable("create the samples' requirement", err)
	}
	if asked.JSON201 == nil {
		return "", "", service.ResponseError("create the samples' requirement", asked.HTTPResponse, asked.Body)
	}
	return contractor, asked.JSON201.ID, nil
}
