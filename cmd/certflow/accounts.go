package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/internal/service"
	"certflow/schema"
)

func accountsCommand() *cli.Command {
	return &cli.Command{
		Name:  "accounts",
		Usage: "make and list accounts, and change their settings",
		Commands: []*cli.Command{{
			Name: "create", Usage: "make an account with its first API key, which is shown this once",
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "name", Required: true, Usage: "what the account is called"},
				&cli.BoolFlag{Name: "live", Usage: "make a live account; its keys begin with sk_live_"},
				jsonFlag(),
			},
			Action: withDatabase(func(ctx context.Context, c *cli.Command, db *schema.DB) error {
				account, key, err := service.CreateAccount(ctx, db, c.String("name"), c.Bool("live"))
				if err != nil {
					return err
				}
				return printed(c.Root().Writer, c.Bool("json"), map[string]string{"account": account, "key": key.Reveal()}, "", func(line func(...any)) {
					line("account", account)
					line("key", key.Reveal())
				})
			}),
		}, {
			Name: "list", Usage: "list all accounts", Flags: []cli.Flag{jsonFlag()},
			Action: withDatabase(listAccounts),
		}, {
			Name: "settings", Usage: "show an account's settings, and change those that are given",
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "account", Required: true, Usage: "the account's id (acct_…)"},
				&cli.IntFlag{Name: "page-limit", Usage: "how many pages of a certificate are analysed, 1–100"},
				&cli.StringFlag{Name: "list-format", Usage: "array or object"},
				&cli.FloatFlag{Name: "confidence-threshold", Usage: "how sure a value must be to carry a rule, 0.5–1"},
				&cli.StringFlag{Name: "time-zone", Usage: "in which its days begin, such as America/Chicago"},
				&cli.IntFlag{Name: "retention-days", Usage: "how long events and deleted certificates are kept, 1–3650; 0 keeps them for ever"},
				jsonFlag(),
			},
			Action: withDatabase(accountSettings),
		}},
	}
}

func listAccounts(ctx context.Context, c *cli.Command, db *schema.DB) error {
	ids, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	type shownAccount struct {
		ID      string    `json:"id"`
		Name    string    `json:"name"`
		Mode    string    `json:"mode"`
		Created time.Time `json:"created"`
	}
	list := make([]shownAccount, len(ids))
	for i, id := range ids {
		err := db.InAccount(ctx, id, func(ctx context.Context, tx bun.Tx) error {
			a, err := schema.GetAccount(ctx, tx)
			if err != nil {
				return service.Unknown(err, "account", id)
			}
			list[i] = shownAccount{a.ID, a.Name, "test", a.CreatedAt.UTC()}
			if a.Live {
				list[i].Mode = "live"
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return printed(c.Root().Writer, c.Bool("json"), list, "ID\tMODE\tCREATED (UTC)\tNAME", func(line func(...any)) {
		for _, a := range list {
			line(a.ID, a.Mode, shown(a.Created), a.Name)
		}
	})
}

// checkSettings says what a setting that was given may be. An update takes nothing for the default, so that this is not left to the database.
func checkSettings(c *cli.Command) error {
	within := func(name string, value, least, most float64) error {
		if c.IsSet(name) && (value < least || value > most) {
			return fmt.Errorf("--%s must be from %g to %g", name, least, most)
		}
		return nil
	}
	format := c.String("list-format")
	var wrong error
	if c.IsSet("list-format") && format != "array" && format != "object" {
		wrong = errors.New("--list-format must be array or object")
	}
	return errors.Join(wrong, within("page-limit", float64(c.Int("page-limit")), 1, 100),
		within("confidence-threshold", c.Float("confidence-threshold"), 0.5, 1), within("retention-days", float64(c.Int("retention-days")), 0, 3650))
}

// accountSettings changes what was given and shows all.
func accountSettings(ctx context.Context, c *cli.Command, db *schema.DB) error {
	if err := checkSettings(c); err != nil {
		return err
	}
	var account *schema.Account
	err := db.InAccount(ctx, c.String("account"), func(ctx context.Context, tx bun.Tx) error {
		var err error
		if account, err = schema.GetAccount(ctx, tx); err != nil {
			return service.Unknown(err, "account", c.String("account"))
		}
		if c.IsSet("page-limit") {
			account.PageLimit = c.Int("page-limit")
		}
		if c.IsSet("list-format") {
			account.ListFormat = c.String("list-format")
		}
		if c.IsSet("confidence-threshold") {
			account.ConfidenceThreshold = c.Float("confidence-threshold")
		}
		if c.IsSet("time-zone") {
			if zone, err := time.LoadLocation(c.String("time-zone")); err != nil || zone == time.Local {
				return fmt.Errorf("--time-zone: there is no time zone %q; give one such as America/Chicago", c.String("time-zone"))
			}
			account.TimeZone = c.String("time-zone")
		}
		if c.IsSet("retention-days") {
			account.RetentionDays = c.Int("retention-days")
		}
		if err := schema.UpdateAccount(ctx, tx, account); err != nil {
			return fmt.Errorf("change the settings: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	shown := struct {
		Account             string  `json:"account"`
		Name                string  `json:"name"`
		PageLimit           int     `json:"page_limit"`
		ListFormat          string  `json:"list_format"`
		ConfidenceThreshold float64 `json:"confidence_threshold"`
		TimeZone            string  `json:"time_zone"`
		RetentionDays       int     `json:"retention_days"`
	}{account.ID, account.Name, account.PageLimit, account.ListFormat, account.ConfidenceThreshold, account.TimeZone, account.RetentionDays}
	return printed(c.Root().Writer, c.Bool("json"), shown, "", func(line func(...any)) {
		line("account", shown.Account)
		line("name", shown.Name)
		line("page limit", shown.PageLimit)
		line("list format", shown.ListFormat)
		line("confidence threshold", shown.ConfidenceThreshold)
		line("time zone", shown.TimeZone)
		line("retention days", shown.RetentionDays)
	})
}

// withDatabase gives a command the database of the environment.
func withDatabase(do func(context.Context, *cli.Command, *schema.DB) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		cfg, err := config.Load()
		if err != nil {
			return err
		}
		if cfg.DatabaseURL.IsZero() {
			return errors.New("CERTFLOW_DATABASE_URL is not set: give the URL that the API serves with (README.md, \"Configuration\")")
		}
		db, err := schema.Open(cfg.DatabaseURL.Reveal(), 2)
		if err != nil {
			return err
		}
		defer db.Close()
		return do(ctx, c, db)
	}
}
