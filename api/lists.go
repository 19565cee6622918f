package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/uptrace/bun"

	"certflow/schema"
)

// listFormatHeader chooses between an array and a list object for one request.
const listFormatHeader = "List-Format"

// defaultLimit is how many objects a page has unless the client says otherwise (CONTRACT §1).
const defaultLimit = 10

// chooseListFormat settles the form of this request's lists: the header's, else the account's.
func chooseListFormat(c *gin.Context) {
	state := callOf(c.Request.Context())
	format := c.GetHeader(listFormatHeader)
	if format == "" {
		format = state.owner.ListFormat
	}
	state.object = ListFormat(format) == ListFormatObject
	state.listURL, state.query = c.Request.URL.Path, c.Request.URL.RawQuery
}

// pageOf is the page that a list request asks for.
func pageOf(limit *int, startingAfter, endingBefore *string) (schema.Page, error) {
	page := schema.Page{Limit: defaultLimit}
	if limit != nil {
		page.Limit = *limit
	}
	if startingAfter != nil && endingBefore != nil {
		return page, invalidField("ending_before", "Give starting_after or ending_before, not both.")
	}
	if startingAfter != nil {
		page.StartingAfter = *startingAfter
	}
	if endingBefore != nil {
		page.EndingBefore = *endingBefore
	}
	return page, nil
}

// cursorFault names the cursor that is not one of the account's.
func cursorFault(page schema.Page) error {
	if page.EndingBefore != "" {
		return invalidField("ending_before", "There is no %s in this list.", printable(page.EndingBefore))
	}
	return invalidField("starting_after", "There is no %s in this list.", printable(page.StartingAfter))
}

// listBody is the body of a list in the form that was asked for.
func listBody[T any](ctx context.Context, items []T, more bool) (json.RawMessage, error) {
	state := callOf(ctx)
	if items == nil {
		items = []T{}
	}
	if !state.object {
		return json.Marshal(items)
	}
	return json.Marshal(struct {
		Object  string `json:"object"`
		Data    []T    `json:"data"`
		HasMore bool   `json:"has_more"`
		URL     string `json:"url"`
	}{"list", items, more, state.listURL})
}

// linksOf is the Link header of a page (RFC 8288), or nil when there is neither a next nor a previous one. first and last are the
// ids of the page's ends; more says that rows follow in the direction that was asked for.
func linksOf(ctx context.Context, page schema.Page, first, last string, more bool) *string {
	if first == "" {
		return nil
	}
	state := callOf(ctx)
	var links []string
	link := func(relation, cursor, id string) {
		query, _ := url.ParseQuery(state.query) // parsed before by validate
		query.Del("starting_after")
		query.Del("ending_before")
		query.Set("limit", strconv.Itoa(page.Limit))
		query.Set(cursor, id)
		links = append(links, fmt.Sprintf(`<%s?%s>; rel="%s"`, state.listURL, query.Encode(), relation))
	}
	backwards := page.EndingBefore != ""
	if more || backwards {
		link("next", "starting_after", last)
	}
	if (backwards && more) || page.StartingAfter != "" {
		link("prev", "ending_before", first)
	}
	if len(links) == 0 {
		return nil
	}
	joined := strings.Join(links, ", ")
	return &joined
}

// listBodyOf reads a page and makes it the body of a list with its links. show makes an object of each row, idOf its id.
func listBodyOf[T, O any](ctx context.Context, h *Handlers, limit *int, after, before *string, list func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[T], error),
	show func(ctx context.Context, tx bun.IDB, rows []T) ([]O, error), idOf func(*T) string) (json.RawMessage, *string, error) {
	page, err := pageOf(limit, after, before)
	if err != nil {
		return nil, nil, err
	}
	type shown struct {
		rows    schema.Listed[T]
		objects []O
	}
	found, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (shown, error) {
		rows, err := list(ctx, tx, page)
		if errors.Is(err, schema.ErrBadCursor) {
			return shown{}, cursorFault(page)
		}
		if err != nil {
			return shown{}, err
		}
		objects, err := show(ctx, tx, rows.Rows)
		return shown{rows, objects}, err
	})
	if err != nil {
		return nil, nil, err
	}
	body, err := listBody(ctx, found.objects, found.rows.More)
	if err != nil {
		return nil, nil, fmt.Errorf("write a list: %w", err)
	}
	rows := found.rows.Rows
	if len(rows) == 0 {
		return body, nil, nil
	}
	return body, linksOf(ctx, page, idOf(&rows[0]), idOf(&rows[len(rows)-1]), found.rows.More), nil
}

// eachRow makes objects of rows one by one.
func eachRow[T, O any](show func(*T) O) func(context.Context, bun.IDB, []T) ([]O, error) {
	return func(_ context.Context, _ bun.IDB, rows []T) ([]O, error) {
		objects := make([]O, len(rows))
		for i := range rows {
			objects[i] = show(&rows[i])
		}
		return objects, nil
	}
}

// createdRange turns the created[…] filters, in whole seconds, into a range of times that begins at from and ends before to.
func createdRange(gt, gte, lt, lte *int64) (from, to time.Time) {
	at := func(seconds int64) time.Time { return time.Unix(min(seconds, maxUnix), 0) }
	if gte != nil {
		from = at(*gte)
	}
	if gt != nil && at(*gt+1).After(from) {
		from = at(*gt + 1)
	}
	if lt != nil {
		to = at(*lt)
	}
	if lte != nil && (to.IsZero() || at(*lte+1).Before(to)) {
		to = at(*lte + 1)
	}
	return from, to
}

// maxUnix is the last second that PostgreSQL's timestamps are asked about: the end of the year 9999.
const maxUnix = 253402300799
