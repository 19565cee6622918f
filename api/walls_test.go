package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/schema"
	"certflow/schema/schematest"
)

// kindAt says what the placeholder behind a step of a path names.
var kindAt = map[string]string{"certificates": "certificate", "audit_results": "audit result", "contractors": "contractor", "entities": "entity", "jobs": "job",
	"assignments": "assignment", "insurance_requirements": "requirement", "trackers": "tracker", "sessions": "session", "webhook_endpoints": "endpoint",
	"deliveries": "delivery", "events": "event"}

// kindOf says what a parameter or a field of a body names. A cursor names a row of its list.
var kindOf = map[string]string{"contractor": "contractor", "job": "job", "entity": "entity", "insurance_requirement": "requirement", "insurance_requirement_id": "requirement",
	"certificate": "certificate", "tracker": "tracker", "tracker_id": "tracker", "tracker_session_id": "session", "endpoint": "endpoint", "object": "certificate",
	"email": "email", "starting_after": "cursor", "ending_before": "cursor", "Last-Event-ID": "event", "account": "account"}

// namesNothing are the parameters and fields that name no object. What is in neither list fails the test: say of it what it names.
var namesNothing = []string{"at", "created[gt]", "created[gte]", "created[lt]", "created[lte]", "expand[]", "expires", "key_id", "limit", "signature", "status", "type",
	"undelivered", "filename", "If-Match", "List-Format", "Ten99Policy-Environment",
	"Idempotency-Key", "Ten99Policy-Idempotent-Key", // every POST is made with one of the other account's
	"custom_metadata", "certificates_metadata", // given with ids of the other account
	"address", "bind", "business_name", "category_code", "certificates", "company_name", "confidence_threshold", "coverage_limit", "coverage_type", "create_new_contractor",
	"default", "description", "duration_hours", "effective_date", "end_date", "events", "expire_after", "expires_in", "first_name", "last_name", "list_format", "middle_name",
	"name", "override", "page_limit", "parsed_certificate_json", "phone", "purchase_order_contact_email", "purchase_order_contact_name", "reason", "required_coverage",
	"retention_days", "rules", "since", "tax_identification", "time_zone", "until", "url", "wage", "wage_type", "withhold_premium", "years_experience"}

// belongings are what an account has one of, by kind.
type belongings map[string]string

// belongings gives the world's account one of everything.
func (w *world) belongings(name string) belongings {
	w.t.Helper()
	named := func(path, more string) string {
		return w.made(path, fmt.Sprintf(`{"name":%q%s}`, name, more)).text("id")
	}
	b := belongings{"account": w.account, "email": name + "@example.com", "requirement": w.requirement(true)}
	b["contractor"] = w.made("/contractors", fmt.Sprintf(`{"email":%q,"first_name":%q,"last_name":"Lee"}`, b["email"], name)).text("id")
	b["entity"] = named("/entities", fmt.Sprintf(`,"insurance_requirement":%q`, b["requirement"]))
	b["job"] = named("/jobs", fmt.Sprintf(`,"entity":%q`, b["entity"]))
	b["assignment"] = w.made("/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q}`, b["contractor"], b["job"])).text("id")
	tracker := w.made("/trackers", fmt.Sprintf(`{"name":%q}`, name))
	b["tracker"], b["session"] = tracker.text("id"), asObject(tracker["sessions"].([]any)[0]).text("id")
	b["endpoint"] = w.made("/webhook_endpoints", `{"url":"https://example.com/`+name+`","events":["*"]}`).text("id")
	path := w.reviewed(b["contractor"], 500_000)
	b["certificate"], b["audit result"] = strings.TrimPrefix(path, "/files/certificates/"), w.firstResult(path).text("id")
	sent := w.made("/webhook_endpoints/"+b["endpoint"]+"/test", "")
	b["delivery"], b["event"] = sent.text("id"), sent.text("event")
	batch := w.upload(placeholders, []part{pdf("certificates[]", name+".pdf"), text("tracker_id", b["tracker"])})
	if batch.status != 201 {
		w.t.Fatalf("answered %d %s", batch.status, batch.body)
	}
	b["batch"] = batch.object(w.t).text("job")
	return b
}

// bodyOf is a body that an operation takes from who has b, nil where it takes none.
func bodyOf(op string, b belongings) map[string]any {
	marked := map[string]any{"account_id": b["account"], "note": "mine"}
	rule := json.RawMessage("[" + minimumRule + "]")
	return map[string]map[string]any{
		"ApproveAuditResult": {}, "ApproveCertificate": {}, "DenyCertificate": {"reason": "x"}, "ReevaluateCertificate": {"override": true},
		"CreateContractor": {"email": "new@example.com", "first_name": "A", "last_name": "B", "custom_metadata": marked}, "UpdateContractor": {"first_name": "Eve", "custom_metadata": marked},
		"CreateEntity": {"name": "New", "insurance_requirement": b["requirement"], "custom_metadata": marked}, "UpdateEntity": {"name": "Eve", "insurance_requirement": b["requirement"]},
		"CreateJob":                  {"name": "New", "entity": b["entity"], "insurance_requirement": b["requirement"], "custom_metadata": marked},
		"UpdateJob":                  {"name": "Eve", "entity": b["entity"], "insurance_requirement": b["requirement"]},
		"CreateAssignment":           {"contractor": b["contractor"], "job": b["batch"], "custom_metadata": marked},
		"CreateInsuranceRequirement": {"name": "New", "default": true, "rules": rule}, "UpdateInsuranceRequirement": {"name": "Eve", "default": true, "rules": rule},
		"TryInsuranceRequirement": {"certificate": b["certificate"], "contractor": b["contractor"]},
		"CreateTracker":           {"name": "New", "entity": b["entity"], "insurance_requirement": b["requirement"]},
		"UpdateTracker":           {"name": "Eve", "entity": b["entity"], "insurance_requirement": b["requirement"]}, "CreateTrackerSession": {"expires_in": 60},
		"CreateWebhookEndpoint": {"url": "https://example.com/new"}, "UpdateWebhookEndpoint": {"description": "Eve", "status": "enabled"},
		"RotateWebhookSecret": {"expire_after": 0}, "RecoverWebhookEndpoint": {"since": 1}, "UpdateAccount": {"page_limit": 3},
	}[op]
}

// partsOf is the text parts of an upload.
func partsOf(op string, b belongings) map[string]string {
	about := fmt.Sprintf(`[{"filename":"a.pdf","contractor":{"email":"bulk@example.com"},"insurance_requirement_id":%q}]`, b["requirement"])
	return map[string]map[string]string{
		"UploadCertificate": {"contractor": b["contractor"], "insurance_requirement_id": b["requirement"], "custom_metadata": fmt.Sprintf(`{"account_id":%q}`, b["account"])},
		"UploadTrackerCertificates": {"business_name": "New", "email": b["email"], "first_name": "A", "last_name": "B", "insurance_requirement_id": b["requirement"],
			"tracker_id": b["tracker"], "tracker_session_id": b["session"], "create_new_contractor": "false"},
		"UploadTrackerCertificatesBulk": {"tracker_id": b["tracker"], "certificates_metadata": about},
		"UploadTrackerPlaceholderBulk":  {"tracker_id": b["session"], "certificates_metadata": about},
	}[op]
}

// walled is one operation of the contract, with the requests that try it.
type walled struct {
	*world
	method, path string
	op           *openapi3.Operation
	ours, theirs belongings
	key          string // the other account's idempotency key, for a POST
}

// tried is one request of an operation.
type tried struct {
	path   map[string]string
	query  url.Values
	body   map[string]any
	parts  map[string]string
	header []string
	about  string // what is the other account's in it
}

// own is the operation's request for what is the caller's own.
func (o *walled) own() *tried {
	r := &tried{path: map[string]string{}, query: url.Values{}, body: bodyOf(o.op.OperationID, o.ours), parts: partsOf(o.op.OperationID, o.ours)}
	if body, ok := r.body["since"]; ok && body == 1 {
		r.body["since"] = o.now.Unix() - 60
	}
	if o.op.RequestBody != nil && r.body == nil && r.parts == nil {
		o.t.Fatalf("%s takes a body: say in bodyOf or partsOf which", o.op.OperationID)
	}
	previous := ""
	for step := range strings.SplitSeq(o.path, "/") {
		if name, ok := strings.CutPrefix(step, "{"); ok {
			kind := kindAt[previous]
			if kind == "" {
				o.t.Fatalf("%s: say in kindAt what stands behind %s", o.path, previous)
			}
			r.path[strings.TrimSuffix(name, "}")] = kind
		}
		previous = step
	}
	for name, kind := range r.path {
		r.path[name] = o.ours[kind]
	}
	if o.op.OperationID == "DownloadCertificate" {
		link := o.want(200, "GET", "/files/certificates/"+o.ours["certificate"], "").object(o.t).text("pdf_url")
		u, err := url.Parse(link)
		if err != nil || u.RawQuery == "" {
			o.t.Fatalf("the link is %q, %v", link, err)
		}
		r.query = u.Query()
	}
	return r
}

// foreign is the requests that name something of the other account's, one thing each and the whole path.
func (o *walled) foreign() []*tried {
	var all []*tried
	try := func(about string, change func(r *tried)) {
		r := o.own()
		r.about = about
		change(r)
		all = append(all, r)
	}
	kinds := o.own().path
	for name := range kinds {
		for kind, id := range o.ours {
			if id == kinds[name] {
				kinds[name] = kind
			}
		}
	}
	for name, kind := range kinds {
		try("path "+name, func(r *tried) { r.path[name] = o.theirs[kind] })
		if o.method == http.MethodGet && o.op.Parameters.GetByInAndName("query", "expand[]") != nil {
			try("path "+name+", expanded", func(r *tried) {
				r.path[name], r.query = o.theirs[kind], url.Values{"expand[]": {"review_results.full"}}
			})
		}
	}
	if len(kinds) > 1 {
		try("path", func(r *tried) {
			for name, kind := range kinds {
				r.path[name] = o.theirs[kind]
			}
		})
	}
	for _, p := range o.op.Parameters {
		name := p.Value.Name
		if p.Value.In == "path" {
			continue
		}
		kind := o.named(name)
		if kind == "cursor" {
			kind = kindAt[o.path[strings.LastIndex(o.path, "/")+1:]]
		}
		switch {
		case kind == "":
		case p.Value.In == "query":
			try("query "+name, func(r *tried) { r.query.Set(name, o.theirs[kind]) })
		default:
			try("header "+name, func(r *tried) { r.header = append(r.header, name+": "+o.theirs[kind]) })
		}
	}
	for _, name := range o.fields() {
		kind := o.named(name)
		switch {
		case kind == "":
		case bodyOf(o.op.OperationID, o.ours) != nil && kind != "email":
			try("field "+name, func(r *tried) { r.body[name] = o.theirs[kind] })
		case partsOf(o.op.OperationID, o.ours) != nil && name != "certificate":
			try("part "+name, func(r *tried) { r.parts[name] = o.theirs[kind] })
		}
	}
	if _, ok := partsOf(o.op.OperationID, o.ours)["certificates_metadata"]; ok {
		try("metadata", func(r *tried) {
			r.parts["certificates_metadata"] = fmt.Sprintf(`[{"filename":"a.pdf","contractor":{"email":"x@example.com"},"insurance_requirement_id":%q}]`, o.theirs["requirement"])
		})
	}
	return all
}

// named is what a parameter or field names, "" for nothing.
func (o *walled) named(name string) string {
	kind, ok := kindOf[name]
	if !ok && !slices.Contains(namesNothing, name) {
		o.t.Fatalf("%s: say in kindOf what %q names, or that it names nothing", o.op.OperationID, name)
	}
	return kind
}

// fields are the names of the operation's body.
func (o *walled) fields() []string {
	if o.op.RequestBody == nil {
		return nil
	}
	var names []string
	for _, media := range o.op.RequestBody.Value.Content {
		names = slices.AppendSeq(names, maps.Keys(media.Schema.Value.Properties))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// try sends a request as the account.
func (o *walled) try(r *tried) answer {
	o.t.Helper()
	path := o.path
	for name, id := range r.path {
		path = strings.Replace(path, "{"+name+"}", id, 1)
	}
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	switch {
	case r.parts != nil:
		file := pdf("certificates[]", "a.pdf")
		if o.op.OperationID == "UploadCertificate" {
			file.name = "certificate"
		}
		parts := []part{file}
		for name, value := range r.parts {
			parts = append(parts, text(name, value))
		}
		return o.upload(path, parts, r.header...)
	case r.body != nil:
		body, err := json.Marshal(r.body)
		if err != nil {
			o.t.Fatal(err)
		}
		return o.do(o.method, path, string(body), r.header...)
	}
	return o.do(o.method, path, "", r.header...)
}

// shows reports what of the other account's an answer shows that the request did not name.
func (o *walled) shows(r *tried, a answer) (found []string) {
	sent := fmt.Sprint(r.path, r.query, r.body, r.parts, r.header)
	for kind, id := range o.theirs {
		if strings.Contains(string(a.body)+fmt.Sprint(a.header), id) && !strings.Contains(sent, id) {
			found = append(found, kind)
		}
	}
	return found
}

// everythingOf is a digest of every table's rows of an account.
func (w *world) everythingOf(account string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	w.in(account, func(ctx context.Context, tx bun.Tx) error {
		var tables []string
		err := tx.NewRaw(`SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT')`).Scan(ctx, &tables)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var digest string
			err := tx.NewRaw("SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) || ' ' || count(*) FROM ? AS t WHERE t.account_id = ?account", bun.Ident(table)).Scan(ctx, &digest)
			if err != nil {
				return err
			}
			out[table] = digest
		}
		return nil
	})
	return out
}

func TestNoOperationReachesAnotherAccount(t *testing.T) {
	keepsToItsAccount(t, setup(t, func(c *api.HandlersConfig) { c.Recoverer = new(recoveries) }))
}

func TestNoOperationReachesAnotherAccountWithoutRowLevelSecurity(t *testing.T) {
	keepsToItsAccount(t, setupOn(t, schematest.Unwalled, func(c *api.HandlersConfig) { c.Recoverer = new(recoveries) }))
}

// keepsToItsAccount tries every operation with the ids of another account, and then with one's own.
func keepsToItsAccount(t *testing.T, w *world) {
	t.Helper()
	w.starter.provision = w.provisions
	other := *w
	other.account, other.key = w.stranger, w.strangersKey
	ours, theirs := w.belongings("ours"), other.belongings("theirs")
	var operations []*walled
	for path, item := range w.contract.Paths() {
		for method, op := range item.Operations() {
			o := &walled{world: w, method: method, path: path, op: op, ours: ours, theirs: theirs}
			if method == http.MethodPost {
				o.key = "key of " + op.OperationID
				body := fmt.Sprintf(`{"email":"%s@example.com","first_name":"A","last_name":"B"}`, op.OperationID)
				if a := other.do("POST", "/contractors", body, "Idempotency-Key: "+o.key); a.status != 201 {
					t.Fatalf("answered %d %s", a.status, a.body)
				}
			}
			operations = append(operations, o)
		}
	}
	// What deletes comes last, the deeper first, for the control below.
	slices.SortFunc(operations, func(a, b *walled) int {
		deletes := func(o *walled) int { return strings.Index("DELETE", o.method)*100 + 100 - len(o.path) }
		if (a.method == http.MethodDelete) != (b.method == http.MethodDelete) || a.method == http.MethodDelete {
			return deletes(a) - deletes(b)
		}
		return strings.Compare(a.op.OperationID, b.op.OperationID)
	})
	before := other.everythingOf(w.stranger)
	if len(before) < 15 {
		t.Fatalf("only %d tables are looked at", len(before))
	}
	files, asked, requests := w.stored(), len(w.started()), 0
	for _, o := range operations {
		for _, r := range o.foreign() {
			a := o.try(r)
			requests++
			at := fmt.Sprintf("%s with the other account's %s answered %d %s", o.op.OperationID, r.about, a.status, a.body)
			switch {
			case a.status == 400 || a.status == 404:
			case a.status == 403 && o.op.OperationID == "DownloadCertificate": // its link is not signed for that
			case a.status == 200 && strings.HasPrefix(r.about, "query ") && strings.TrimSpace(string(a.body)) == "[]":
			default:
				t.Error(at)
			}
			if found := o.shows(r, a); len(found) > 0 {
				t.Errorf("%s, which shows the other's %v", at, found)
			}
		}
		if diff := cmp.Diff(before, other.everythingOf(w.stranger)); diff != "" {
			t.Fatalf("%s changed the other account: %s", o.op.OperationID, diff)
		}
	}
	if got := w.stored(); got != files {
		t.Errorf("refused uploads leave %d files, %d before", got, files)
	}
	if got := w.started(); len(got) != asked {
		t.Errorf("refused requests started %v", got[asked:])
	}
	t.Logf("%d operations, %d requests with the other account's ids", len(operations), requests)

	// The control: the same requests for what is the caller's own are taken, though the other account has used their keys. Streams end at once.
	w.handlers.EndStreams()
	for _, o := range operations {
		r := o.own()
		if o.key != "" {
			r.header = append(r.header, "Idempotency-Key: "+o.key)
		}
		a := o.try(r)
		if a.status == 400 || a.status == 404 || a.status == 422 || a.status >= 500 || a.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("%s for one's own answered %d %s", o.op.OperationID, a.status, a.body)
		}
		if found := o.shows(r, a); len(found) > 0 {
			t.Errorf("%s shows the other's %v: %s", o.op.OperationID, found, a.body)
		}
	}
	if diff := cmp.Diff(before, other.everythingOf(w.stranger)); diff != "" {
		t.Fatalf("an account's own requests changed the other: %s", diff)
	}
	for _, what := range w.started()[asked:] {
		for kind, id := range theirs {
			if strings.Contains(what, id) {
				t.Errorf("%q was asked for, which is about the other's %s", what, kind)
			}
		}
	}
	other.in(w.stranger, func(ctx context.Context, tx bun.Tx) error {
		c, err := schema.GetCertificate(ctx, tx, theirs["certificate"])
		if err != nil {
			return err
		}
		file, err := w.files.Open(ctx, c.BlobKey)
		if err != nil {
			return err
		}
		return file.Close()
	})
}

func TestOnesMetadataMayNameAnybody(t *testing.T) {
	w := setup(t)
	w.starter.provision = w.provisions
	other := *w
	other.account, other.key = w.stranger, w.strangersKey
	ours, theirs := w.belongings("ours"), other.belongings("theirs")
	before := other.everythingOf(w.stranger)
	for _, id := range theirs {
		made := w.made("/jobs", fmt.Sprintf(`{"name":"x","custom_metadata":{"contractor":%q,"account_id":%q},"wage":{"job":%q}}`, id, id, id))
		if got := asObject(made["custom_metadata"])["contractor"]; got != id {
			t.Errorf("the metadata is %v, want %s", got, id)
		}
	}
	a := w.upload(placeholders, []part{pdf("certificates[]", "a.pdf"), text("tracker_id", ours["tracker"]),
		text("certificates_metadata", fmt.Sprintf(`[{"filename":"a.pdf","contractor":{"email":%q,"first_name":"Eve"}}]`, theirs["email"]))})
	if a.status != 201 || strings.Contains(string(a.body), theirs["contractor"]) {
		t.Errorf("an upload for the other's address answered %d %s", a.status, a.body)
	}
	if diff := cmp.Diff(before, other.everythingOf(w.stranger)); diff != "" {
		t.Errorf("the other account has changed: %s", diff)
	}
}
