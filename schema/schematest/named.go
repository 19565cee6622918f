package schematest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"
)

// named fails its test when a query touches a table without naming the account whose rows it means: row-level security would hide that nobody
// did. It sees every query of every test with a database, so that it is enough to write one.
type named struct{ t testing.TB }

// BeforeQuery lets the query run.
func (named) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery judges a query that was well-formed.
func (n named) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	if event.Err != nil {
		return
	}
	account := event.DB.QueryGen().FormatQuery("?account")
	if table := unnamed(event.Query, account); table != "" {
		n.t.Errorf("a query of %s does not name its account: %s", table, event.Query)
	}
}

var (
	literals = regexp.MustCompile(`'(?:[^']|'')*'`)
	tables   = regexp.MustCompile(`(?i)\b(FROM|JOIN|UPDATE|INTO)\s+(\w+)\b(\s*\()?(?:\s+AS)?(?:\s+(\w+))?`)
	// follow are the words that stand behind a table without being its alias, and behind the words above without being a table.
	follow = []string{"where", "join", "left", "cross", "on", "set", "order", "group", "limit", "for", "values", "returning", "skip", "nowait"}
)

// unnamed is the first table in a query's text whose rows are not bound to the account, a quoted literal; empty when all are. A row is bound
// by its alias's account_id or, without an alias, by what follows its table at once; an inserted one by its column.
func unnamed(query, account string) string {
	text := literals.ReplaceAllStringFunc(query, func(literal string) string {
		if literal == account {
			return "'account'"
		}
		return "''"
	})
	text = strings.ReplaceAll(text, `"`, "")
	for _, at := range tables.FindAllStringSubmatchIndex(text, -1) {
		group := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return text[at[2*n]:at[2*n+1]]
		}
		verb, table, alias := strings.ToUpper(group(1)), group(2), group(4)
		rest := text[at[5]:]
		switch {
		case slices.Contains(follow, strings.ToLower(table)), strings.HasPrefix(table, "pg_"):
		case verb == "INTO":
			columns, _, _ := strings.Cut(rest, ")")
			if !strings.Contains(columns, "account_id") || !strings.Contains(rest, "'account'") {
				return table
			}
		case group(3) != "": // a function's rows
		case alias == "" || slices.Contains(follow, strings.ToLower(alias)):
			if !regexp.MustCompile(fmt.Sprintf(`^\s+(?:SET\s.*?\s)?WHERE \(*(%s\.)?account_id = 'account'`, table)).MatchString(rest) {
				return table
			}
		default:
			bound := regexp.MustCompile(fmt.Sprintf(`\b%[1]s\.account_id = ('account'|\w+\.account_id)|\w+\.account_id = %[1]s\.account_id`, alias))
			if !bound.MatchString(text) {
				return table
			}
		}
	}
	return ""
}
