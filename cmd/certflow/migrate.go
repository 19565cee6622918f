package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"certflow/internal/config"
	"certflow/schema"
)

func migrateCommand() *cli.Command {
	return &cli.Command{
		Name:  "migrate",
		Usage: "bring the database to the newest schema, undo the last step, or show its state",
		Description: "Works on CERTFLOW_OWNER_DATABASE_URL. `up` also makes the roles that serve: the user and password of\n" +
			"CERTFLOW_DATABASE_URL become an unprivileged login role.",
		Commands: []*cli.Command{
			{Name: "up", Usage: "apply what is missing", Flags: []cli.Flag{jsonFlag()}, Action: withOwner(migrateUp)},
			{
				Name: "down", Usage: "undo what the last `up` applied; for a schema that was never served", Action: withOwner(migrateDown),
				Flags: []cli.Flag{jsonFlag(), &cli.BoolFlag{Name: "drop-data", Usage: "drop what these steps made with all that is in it, which without this flag is only named"}},
			},
			{Name: "status", Usage: "list every step", Flags: []cli.Flag{jsonFlag()}, Action: withOwner(migrateStatus)},
			{Name: "roles", Usage: "make the roles that serve and nothing else: before a backup is restored", Action: withOwner(migrateRoles)},
		},
	}
}

// withOwner gives a command the configuration and the URL of the role that owns the tables.
func withOwner(do func(ctx context.Context, c *cli.Command, cfg *config.Config, owner string) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		cfg, err := config.Load()
		if err != nil {
			return err
		}
		if cfg.OwnerDatabaseURL.IsZero() {
			return errors.New("CERTFLOW_OWNER_DATABASE_URL is not set: migrations need the role that owns the tables")
		}
		return do(ctx, c, cfg, cfg.OwnerDatabaseURL.Reveal())
	}
}

func migrateUp(ctx context.Context, c *cli.Command, cfg *config.Config, owner string) error {
	if err := schema.EnsureRoles(ctx, owner, cfg.DatabaseURL.Reveal()); err != nil {
		return err
	}
	applied, err := schema.Migrate(ctx, owner)
	if err == nil && len(applied) == 0 && !c.Bool("json") {
		fmt.Fprintln(c.Root().Writer, "the schema is up to date")
	}
	return errors.Join(err, printSteps(c, "applied", applied))
}

// printSteps prints what was done to which steps of the schema, also where the one after them failed.
func printSteps(c *cli.Command, done string, steps []schema.Migration) error {
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = step.Name
	}
	return printed(c.Root().Writer, c.Bool("json"), map[string][]string{done: names}, "", func(line func(...any)) {
		for _, name := range names {
			line(done + " " + name)
		}
	})
}

func migrateRoles(ctx context.Context, c *cli.Command, cfg *config.Config, owner string) error {
	if err := schema.EnsureRoles(ctx, owner, cfg.DatabaseURL.Reveal()); err != nil {
		return err
	}
	fmt.Fprintln(c.Root().Writer, "the roles are there")
	return nil
}

func migrateDown(ctx context.Context, c *cli.Command, _ *config.Config, owner string) error {
	if !c.Bool("drop-data") {
		last, err := schema.LastMigrations(ctx, owner)
		if err != nil {
			return err
		}
		if len(last) == 0 {
			return errors.New("no step is applied: there is nothing to undo")
		}
		return fmt.Errorf("nothing was undone: %d steps, from %s to %s, would be, and what they made dropped with all that is in it; back it up, and repeat with --drop-data",
			len(last), last[0].Name, last[len(last)-1].Name)
	}
	undone, err := schema.Rollback(ctx, owner)
	return errors.Join(err, printSteps(c, "undid", undone))
}

func migrateStatus(ctx context.Context, c *cli.Command, _ *config.Config, owner string) error {
	steps, err := schema.Migrations(ctx, owner)
	if err != nil {
		return err
	}
	type shown struct {
		State string `json:"state"`
		Name  string `json:"name"`
	}
	list := make([]shown, len(steps))
	for i, step := range steps {
		list[i] = shown{"missing", step.Name}
		if step.Applied {
			list[i].State = "applied"
		}
	}
	return printed(c.Root().Writer, c.Bool("json"), list, "", func(line func(...any)) {
		for _, step := range list {
			line(step.State, step.Name)
		}
	})
}
