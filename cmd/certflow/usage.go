package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// exitUsage is the status when there is no such command. A command that exists and was misused ends with 1 like every other fault, because
// the codes of `certflow review` are verdicts.
const exitUsage = 2

// unknownCommand is a word where a command should stand.
type unknownCommand struct {
	of      *cli.Command
	word    string
	nearest string // "" when nothing is near
}

// Error names the word, the command that may be meant, and where all of them are listed.
func (e *unknownCommand) Error() string {
	said := fmt.Sprintf("there is no command %q", strings.TrimPrefix(e.of.FullName()+" ", e.of.Root().Name+" ")+e.word)
	if e.nearest != "" {
		said += fmt.Sprintf("; did you mean %q?", e.nearest)
	}
	return said + fmt.Sprintf(" (`%s --help` lists what there is)", e.of.FullName())
}

// strict makes a tree of commands refuse what it does not know, in a sentence with a remedy instead of a page of help.
func strict(c *cli.Command) *cli.Command {
	c.OnUsageError = misused
	switch {
	case len(c.Commands) > 0 && c.Action == nil:
		c.HideHelpCommand = true
		c.Action = inGroup
	case c.Action != nil && c.ArgsUsage == "" && len(c.Arguments) == 0:
		act := c.Action
		c.Action = func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return misuse(c, fmt.Sprintf("%q is one word too many", c.Args().First()))
			}
			return act(ctx, c)
		}
	}
	for _, sub := range c.Commands {
		strict(sub)
	}
	return c
}

// inGroup is what a command does that has commands of its own and was given none that it knows: it shows them, or says that there is no such one.
func inGroup(ctx context.Context, c *cli.Command) error {
	word := c.Args().First()
	if word == "" || word == "help" {
		return show(ctx, c, c.Args().Tail())
	}
	unknown := &unknownCommand{of: c, word: word}
	near := 0.0
	for _, sub := range c.VisibleCommands() {
		if n := alike(word, sub.Name); n > near && n >= 0.5 {
			near, unknown.nearest = n, strings.TrimPrefix(c.FullName()+" ", c.Root().Name+" ")+sub.Name
		}
	}
	return unknown
}

// show prints the help of a command, or of one below it.
func show(ctx context.Context, c *cli.Command, below []string) error {
	if len(below) == 0 {
		if c == c.Root() {
			return cli.ShowRootCommandHelp(c)
		}
		return cli.ShowSubcommandHelp(c)
	}
	for _, sub := range c.Commands {
		if sub.HasName(below[0]) {
			if len(below) > 1 && len(sub.Commands) > 0 {
				return show(ctx, sub, below[1:])
			}
			return cli.ShowCommandHelp(ctx, c, below[0])
		}
	}
	return &unknownCommand{of: c, word: below[0]}
}

// misused says what is wrong with a command's flags or arguments.
func misused(_ context.Context, c *cli.Command, err error, _ bool) error {
	said := err.Error()
	if name, ok := strings.CutPrefix(said, "flag provided but not defined: "); ok {
		said = fmt.Sprintf("there is no flag %s", strings.Replace("-"+name, "---", "--", 1))
		given := strings.TrimLeft(name, "-")
		if near := strings.TrimLeft(cli.SuggestFlag(c.Flags, given, false), "-"); alike(given, near) >= 0.5 {
			said += fmt.Sprintf("; did you mean --%s?", near)
		}
	}
	if missing, ok := strings.CutPrefix(said, "Required flag "); ok {
		said = fmt.Sprintf("--%s is missing", strings.Trim(strings.TrimSuffix(missing, " not set"), `"`))
	} else if missing, ok := strings.CutPrefix(said, "Required flags "); ok {
		names := strings.Split(strings.Trim(strings.TrimSuffix(missing, " not set"), `"`), ", ")
		said = fmt.Sprintf("--%s are missing", strings.Join(names, " and --"))
	}
	return misuse(c, said)
}

func misuse(c *cli.Command, said string) error {
	return errors.New(said + fmt.Sprintf(" (`%s --help` says what it takes)", c.FullName()))
}

// alike is how much of two words is the same, from 0 to 1: the share of their pairs of letters that both have.
func alike(a, b string) float64 {
	pairs := func(word string) map[string]int {
		counts := map[string]int{}
		word = "^" + strings.ToLower(word) + "$"
		for i := range len(word) - 1 {
			counts[word[i:i+2]]++
		}
		return counts
	}
	of, with := pairs(a), pairs(b)
	same := 0
	for pair, n := range of {
		same += min(n, with[pair])
	}
	return 2 * float64(same) / float64(len(a)+len(b)+2)
}
