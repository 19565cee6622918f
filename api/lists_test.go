package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/schema"
)

func TestTheFormOfAListIsTheHeadersElseTheAccounts(t *testing.T) {
	t.Parallel()
	const object = `{"object":"list","data":[],"has_more":false,"url":"/api/v1/contractors"}`
	for name, c := range map[string]struct{ key, header, want string }{
		"an account of arrays":                  {testKey, "", `[]`},
		"an account of objects":                 {"sk_test_obj", "", object},
		"an account of arrays asks for objects": {testKey, "object", object},
		"an account of objects asks for arrays": {"sk_test_obj", "array", `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request("GET", "/api/v1/contractors?limit=5", "")
			r.SetBasicAuth(c.key, "")
			if c.header != "" {
				r.Header.Set("List-Format", c.header)
			}
			if a := newEdge(t).do(t, r); a.status != 200 || strings.TrimSpace(a.body) != c.want {
				t.Errorf("answered %d %s, want %s", a.status, a.body, c.want)
			}
		})
	}
	t.Run("a form that is none", func(t *testing.T) {
		t.Parallel()
		if a := newEdge(t).do(t, request("GET", "/api/v1/contractors", "", "List-Format: xml")); a.status != 400 {
			t.Errorf("answered %d %s", a.status, a.body)
		}
	})
}

func TestAPageIsAskedForByAtMostOneCursor(t *testing.T) {
	t.Parallel()
	limit, id := 3, "cn_1"
	page, err := pageOf(nil, nil, nil)
	if diff := cmp.Diff(schema.Page{Limit: 10}, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
	page, err = pageOf(&limit, &id, nil)
	if diff := cmp.Diff(schema.Page{Limit: 3, StartingAfter: "cn_1"}, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err = pageOf(nil, &id, &id); err == nil {
		t.Error("two cursors were taken")
	}
}

func TestLinksLeadToThePagesThatAreThere(t *testing.T) {
	t.Parallel()
	const next = `</api/v1/contractors?email=a%40x.io&limit=2&starting_after=cn_b>; rel="next"`
	const prev = `</api/v1/contractors?email=a%40x.io&ending_before=cn_a&limit=2>; rel="prev"`
	for name, c := range map[string]struct {
		page schema.Page
		more bool
		want string
	}{
		"the only page":                  {schema.Page{Limit: 2}, false, ""},
		"the first of several":           {schema.Page{Limit: 2}, true, next},
		"one in the middle":              {schema.Page{Limit: 2, StartingAfter: "cn_x"}, true, next + ", " + prev},
		"the last one":                   {schema.Page{Limit: 2, StartingAfter: "cn_x"}, false, prev},
		"one in the middle, going back":  {schema.Page{Limit: 2, EndingBefore: "cn_x"}, true, next + ", " + prev},
		"the first one, on the way back": {schema.Page{Limit: 2, EndingBefore: "cn_x"}, false, next},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := withCall(context.Background(), &call{listURL: "/api/v1/contractors", query: "email=a@x.io&starting_after=cn_x&limit=2"})
			got := linksOf(ctx, c.page, "cn_a", "cn_b", c.more)
			if got == nil {
				got = new(string)
			}
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("an empty page", func(t *testing.T) {
		t.Parallel()
		if got := linksOf(context.Background(), schema.Page{StartingAfter: "cn_x"}, "", "", false); got != nil {
			t.Error(*got)
		}
	})
}

func TestAListOfNothingIsAnArray(t *testing.T) {
	t.Parallel()
	body, err := listBody[Contractor](context.Background(), nil, false)
	if err != nil || string(body) != "[]" || !json.Valid(body) {
		t.Errorf("%s, %v", body, err)
	}
}
