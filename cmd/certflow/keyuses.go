package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/uptrace/bun"
	"github.com/urfave/cli/v3"

	"certflow/schema"
)

// mostUses bounds the lines that are printed.
const mostUses = 1000

func keyUsesCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "uses", Usage: "list what an account's keys were used for, from which address and with what answer, counted by the hour",
		Flags: []cli.Flag{account,
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
			return fmt.Errorf("account %s: %w", c.String("account"), err)
		}
		var err error
		uses, err = schema.ListKeyUses(ctx, tx, c.String("key"), time.Now().Add(-c.Duration("since")), mostUses)
		return err
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.Root().Writer, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "LAST\tFIRST\tKEY\tADDRESS\tOPERATION\tSTATUS\tREQUESTS")
	for _, u := range uses {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\n", shown(u.LastAt), shown(u.FirstAt), u.KeyID, u.Address, u.Operation, u.Status, u.Requests)
	}
	if len(uses) == mostUses {
		fmt.Fprintf(table, "… and older ones: see --since and --key\n")
	}
	return table.Flush()
}
