package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/internal/secret"
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

func keysCommand() *cli.Command {
	account := &cli.StringFlag{Name: "account", Required: true, Usage: "the account's id (acct_…)"}
	key := &cli.StringArg{Name: "key", UsageText: "the key's id (key_…)"}
	return &cli.Command{
		Name:  "keys",
		Usage: "make, list, roll and revoke API keys; make and change the secret key of the environment",
		Commands: []*cli.Command{
			{
				Name: "create", Usage: "make a further key, shown this once", Flags: []cli.Flag{account, jsonFlag()},
				Action: withDatabase(func(ctx context.Context, c *cli.Command, db *schema.DB) error {
					return printKey(c)(service.CreateKey(ctx, db, c.String("account")))
				}),
			},
			{
				Name: "list", Usage: "list an account's keys", Flags: []cli.Flag{account, jsonFlag()},
				Action: withDatabase(listKeys),
			},
			keyUsesCommand(account),
			{
				Name: "roll", Usage: "make a new key and let an old one end", Arguments: []cli.Argument{key},
				Flags: []cli.Flag{account, &cli.DurationFlag{Name: "overlap", Value: 24 * time.Hour, Usage: "how long the old key goes on"}, jsonFlag()},
				Action: withDatabase(func(ctx context.Context, c *cli.Command, db *schema.DB) error {
					old, err := keyArgument(c)
					if err != nil {
						return err
					}
					return printKey(c)(service.RollKey(ctx, db, c.String("account"), old, c.Duration("overlap")))
				}),
			},
			{
				Name: "revoke", Usage: "end a key at once", Flags: []cli.Flag{account}, Arguments: []cli.Argument{key},
				Action: withDatabase(func(ctx context.Context, c *cli.Command, db *schema.DB) error {
					old, err := keyArgument(c)
					if err != nil {
						return err
					}
					if err := service.EndKey(ctx, db, c.String("account"), old, 0); err != nil {
						return err
					}
					fmt.Fprintf(c.Root().Writer, "%s has ended\n", old)
					return nil
				}),
			},
			{
				Name: "secret", Usage: "make a value for CERTFLOW_SECRET_KEY",
				Action: func(_ context.Context, c *cli.Command) error {
					fmt.Fprintln(c.Root().Writer, secret.NewKey().Reveal())
					return nil
				},
			},
			{
				Name: "reseal", Usage: "seal webhook secrets again with the first key of CERTFLOW_SECRET_KEY, so that the others can be dropped",
				Action: withDatabase(reseal),
			},
		},
	}
}

// reseal tells what still keeps an old key: stored answers, which nobody seals again because they last a day.
func reseal(ctx context.Context, c *cli.Command, db *schema.DB) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	box, err := secret.NewBox(cfg.SecretKeys)
	if err != nil {
		return fmt.Errorf("CERTFLOW_SECRET_KEY: %w", err)
	}
	n, err := service.Reseal(ctx, db, box)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, "%d webhook secrets were sealed again; none needs another key than the first.\n"+
		"Keep the other keys 24 hours more, for answers that are stored with idempotency keys, then drop them.\n", n)
	return nil
}

func keyArgument(c *cli.Command) (string, error) {
	if key := c.StringArg("key"); key != "" {
		return key, nil
	}
	return "", errors.New("name the key by its id (key_…); `certflow keys list` shows it")
}

func printKey(c *cli.Command) func(string, secret.Text, error) error {
	return func(id string, key secret.Text, err error) error {
		if err != nil {
			return err
		}
		return printed(c.Root().Writer, c.Bool("json"), map[string]string{"id": id, "key": key.Reveal()}, "", func(line func(...any)) {
			line("id", id)
			line("key", key.Reveal())
		})
	}
}

func listKeys(ctx context.Context, c *cli.Command, db *schema.DB) error {
	var keys []schema.Key
	err := db.InAccount(ctx, c.String("account"), func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.GetAccount(ctx, tx); err != nil {
			return service.Unknown(err, "account", c.String("account"))
		}
		var err error
		keys, err = schema.ListKeys(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	type shownKey struct {
		ID       string     `json:"id"`
		Last4    string     `json:"last4"`
		Created  time.Time  `json:"created"`
		LastUsed *time.Time `json:"last_used"`
		Ends     *time.Time `json:"ends"`
	}
	list := make([]shownKey, len(keys))
	for i, k := range keys {
		list[i] = shownKey{k.ID, k.Last4, k.CreatedAt.UTC(), orNone(k.LastUsedAt), orNone(firstOf(k.RevokedAt, k.ExpiresAt))}
	}
	return printed(c.Root().Writer, c.Bool("json"), list, "ID\tKEY\tCREATED (UTC)\tLAST USED\tENDS", func(line func(...any)) {
		for _, k := range keys {
			line(k.ID, "…"+k.Last4, shown(k.CreatedAt), shown(k.LastUsedAt), shown(firstOf(k.RevokedAt, k.ExpiresAt)))
		}
	})
}

func firstOf(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// orNone is a time in UTC, or nil for the zero time.
func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func shown(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateTime)
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
