package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// jsonFlag makes a command print for programs.
func jsonFlag() cli.Flag { return &cli.BoolFlag{Name: "json", Usage: "print JSON"} }

// printed prints a value as JSON where that is asked for, or as the rows of a table; heading may be empty.
func printed(out io.Writer, asJSON bool, value any, heading string, rows func(line func(cells ...any))) error {
	if asJSON {
		lines := json.NewEncoder(out)
		lines.SetIndent("", "  ")
		lines.SetEscapeHTML(false)
		if err := lines.Encode(value); err != nil {
			return fmt.Errorf("print JSON: %w", err)
		}
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	if heading != "" {
		fmt.Fprintln(table, heading)
	}
	rows(func(cells ...any) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(table, "\t")
			}
			fmt.Fprint(table, cell)
		}
		fmt.Fprintln(table)
	})
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print a table: %w", err)
	}
	return nil
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
