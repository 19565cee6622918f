package main

import (
	"context"
	"net/netip"
	"time"

	"github.com/uptrace/bun"
	"github.com/urfave/cli/v3"

	"certflow/internal/service"
	"certflow/schema"
)

// mostUses bounds the lines that are printed.
const mostUses = 1000

func keyUsesCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "uses", Usage: "list what an account's keys were used for, from which address and with what answer, counted by the hour",
		Flags: []cli.Flag{account, jsonFlag(),
			&cli.StringFlag{Name: "key", Usage: "of this key only (key_…)"},
			&cli.DurationFlag{Name: "since", Value: 7 * 24 * time.Hour, Usage: "how far to look back"},
		},
		Action: withDatabase(listKeyUses),
	}
}

func listKeyUses(ctx context.Context, c *cli.Command, db *schema.DB) error {
	var uses []schema.KeyUse
	err := db.InAccount(ctx, c.String("account"), func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.GetAccount(ctx, tx); err != nil {
			return service.Unknown(err, "account", c.String("account"))
		}
		var err error
		uses, err = schema.ListKeyUses(ctx, tx, c.String("key"), time.Now().Add(-c.Duration("since")), mostUses)
		return err
	})
	if err != nil {
		return err
	}
	type shownUse struct {
		Key       string     `json:"key"`
		Address   netip.Addr `json:"address"`
		Operation string     `json:"operation"`
		Status    int        `json:"status"`
		Requests  int64      `json:"requests"`
		First     time.Time  `json:"first"`
		Last      time.Time  `json:"last"`
	}
	list := make([]shownUse, len(uses))
	for i, u := range uses {
		list[i] = shownUse{u.KeyID, u.Address, u.Operation, u.Status, u.Requests, u.FirstAt.UTC(), u.LastAt.UTC()}
	}
	return printed(c.Root().Writer, c.Bool("json"), list, "LAST (UTC)\tFIRST\tKEY\tADDRESS\tOPERATION\tSTATUS\tREQUESTS", func(line func(...any)) {
		for _, u := range list {
			line(shown(u.Last), shown(u.First), u.Key, u.Address, u.Operation, u.Status, u.Requests)
		}
		if len(list) == mostUses {
			line("… and older ones: see --since and --key")
		}
	})
}
