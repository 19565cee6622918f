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
