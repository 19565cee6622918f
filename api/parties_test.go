package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ignoring compares objects without what differs on every run.
func ignoring(names ...string) cmp.Option {
	return cmpopts.IgnoreMapEntries(func(k string, _ any) bool {
		for _, name := range names {
			if k == name {
				return true
			}
		}
		return false
	})
}

func TestAContractorIsMadeReadChangedAndDeleted(t *testing.T) {
	w := setup(t)
	made := w.want(201, "POST", "/contractors", `{"email":"Jane@Example.com","first_name":"Jane","last_name":"Smith","company_name":"Smith LLC","phone":null,
		"address":{"line1":"1 Main St","region":"IL"},"withhold_premium":{"rate":0.5},"tax_identification":{"ssn":"x"},"custom_metadata":{"a":"1","b":""}}`)
	c := made.object(t)
	want := object{"object": "contractor", "email": "Jane@Example.com", "first_name": "Jane", "last_name": "Smith", "company_name": "Smith LLC",
		"middle_name": nil, "phone": nil, "address": map[string]any{"line1": "1 Main St", "region": "IL"}, "withhold_premium": map[string]any{"rate": 0.5},
		"custom_metadata": map[string]any{"a": "1"}, "placeholder": false}
	if diff := cmp.Diff(want, c, ignoring("id", "created")); diff != "" {
		t.Error(diff)
	}
	path := "/contractors/" + c.text("id")
	if got := made.header.Get("Location"); got != "/api/v1"+path {
		t.Errorf("Location is %s", got)
	}
	if diff := cmp.Diff(c, w.want(200, "GET", path, "").object(t)); diff != "" {
		t.Error(diff)
	}
	changed := w.want(200, "PUT", path, `{"last_name":"Jones","company_name":null,"address":null,"withhold_premium":null,"custom_metadata":{"c":"3","a":""}}`).object(t)
	want["last_name"], want["company_name"], want["address"], want["withhold_premium"] = "Jones", nil, nil, nil
	want["custom_metadata"] = map[string]any{"c": "3"}
	if diff := cmp.Diff(want, changed, ignoring("id", "created")); diff != "" {
		t.Error(diff)
	}
	if cleared := w.want(200, "PUT", path, `{"custom_metadata":{}}`).object(t); len(cleared["custom_metadata"].(map[string]any)) != 0 {
		t.Errorf("metadata is %v after it was cleared", cleared["custom_metadata"])
	}
	gone := w.want(200, "DELETE", path, "").object(t)
	if gone["deleted"] != true || gone["object"] != "contractor" || gone["id"] != c["id"] {
		t.Errorf("the deletion answered %v", gone)
	}
	for _, method := range []string{"GET", "DELETE", "PUT"} {
		w.refusal(404, "resource_not_found", method, path, "")
	}
}

func TestAnEmailIsOneContractors(t *testing.T) {
	w := setup(t)
	first := w.contractor("jane@example.com")
	w.refusal(409, "duplicate_email", "POST", "/contractors", `{"email":"JANE@example.com","first_name":"J","last_name":"S"}`)
	other := w.contractor("june@example.com")
	w.refusal(409, "duplicate_email", "PUT", "/contractors/"+other, `{"email":"Jane@Example.Com"}`)
	w.want(200, "PUT", "/contractors/"+first, `{"email":"JANE@EXAMPLE.COM"}`)
	if a := w.doAs(w.strangersKey, "POST", "/contractors", `{"email":"jane@example.com","first_name":"J","last_name":"S"}`); a.status != 201 {
		t.Errorf("another account answered %d %s", a.status, a.body)
	}
	w.want(200, "DELETE", "/contractors/"+first, "")
	w.contractor("jane@example.com")
	if diff := cmp.Diff([]string{other}, w.want(200, "GET", "/contractors?email=JUNE@example.com", "").ids(t)); diff != "" {
		t.Error(diff)
	}
}

func TestListsArePagedInTheOrderOfCreation(t *testing.T) {
	w := setup(t)
	ids := make([]string, 12) // newest first
	for i := range ids {
		ids[len(ids)-1-i] = w.contractor(fmt.Sprintf("c%d@example.com", i))
	}
	for name, c := range map[string]struct {
		query string
		want  []string
		rels  []string
	}{
		"ten by default":               {"", ids[:10], []string{"next"}},
		"as many as asked for":         {"?limit=3", ids[:3], []string{"next"}},
		"all":                          {"?limit=100", ids, nil},
		"what follows a cursor":        {"?limit=3&starting_after=" + ids[2], ids[3:6], []string{"next", "prev"}},
		"the last page":                {"?limit=10&starting_after=" + ids[9], ids[10:], []string{"prev"}},
		"what comes before a cursor":   {"?limit=3&ending_before=" + ids[6], ids[3:6], []string{"next", "prev"}},
		"the first page, on the way":   {"?limit=3&ending_before=" + ids[2], ids[:2], []string{"next"}},
		"what follows the last one":    {"?starting_after=" + ids[11], []string{}, nil},
		"what comes before the newest": {"?ending_before=" + ids[0], []string{}, nil},
	} {
		a := w.want(200, "GET", "/contractors"+c.query, "")
		if diff := cmp.Diff(c.want, a.ids(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var rels []string
		for _, rel := range []string{"next", "prev"} {
			if strings.Contains(a.header.Get("Link"), `rel="`+rel+`"`) {
				rels = append(rels, rel)
			}
		}
		if diff := cmp.Diff(c.rels, rels); diff != "" {
			t.Errorf("%s: links %s", name, diff)
		}
	}
	w.want(200, "DELETE", "/contractors/"+ids[2], "")
	if diff := cmp.Diff(ids[3:6], w.want(200, "GET", "/contractors?limit=3&starting_after="+ids[2], "").ids(t)); diff != "" {
		t.Errorf("a deleted cursor: %s", diff)
	}
	stranger := w.doAs(w.strangersKey, "GET", "/contractors?starting_after="+ids[3], "")
	refused(t, stranger, 400, "invalid_input")
	w.refusal(400, "invalid_input", "GET", "/contractors?starting_after="+ids[3]+"&ending_before="+ids[5], "")
	w.refusal(400, "invalid_input", "GET", "/contractors?starting_after=cn_none", "")
}

func TestAnAccountMayHaveListObjects(t *testing.T) {
	w := setup(t)
	id := w.contractor("jane@example.com")
	w.want(200, "PUT", "/account", `{"list_format":"object"}`)
	got := w.want(200, "GET", "/contractors?limit=1", "").object(t)
	data, _ := got["data"].([]any)
	if got["object"] != "list" || got["has_more"] != false || got["url"] != "/api/v1/contractors" || len(data) != 1 {
		t.Errorf("the list is %v", got)
	}
	if diff := cmp.Diff([]string{id}, w.want(200, "GET", "/contractors", "", "List-Format: array").ids(t)); diff != "" {
		t.Error(diff)
	}
}

func TestObjectsOfAnotherAccountAreNotThere(t *testing.T) {
	w := setup(t)
	requirement := w.requirement(true)
	contractor := w.contractor("jane@example.com")
	job := w.made("/jobs", `{"name":"Roof"}`).text("id")
	tracker := w.made("/trackers", `{"name":"Spring"}`).text("id")
	paths := []string{
		"/contractors/" + contractor, "/jobs/" + job, "/insurance_requirements/" + requirement, "/trackers/" + tracker,
		"/entities/" + w.made("/entities", `{"name":"Builders"}`).text("id"),
		"/assignments/" + w.made("/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q}`, contractor, job)).text("id"),
		"/webhook_endpoints/" + w.made("/webhook_endpoints", `{"url":"https://example.com"}`).text("id"),
	}
	for _, path := range paths {
		for _, method := range []string{"GET", "DELETE", "PUT"} {
			if method == "PUT" && strings.HasPrefix(path, "/assignments") {
				continue
			}
			if a := w.doAs(w.strangersKey, method, path, ""); a.status != 404 {
				t.Errorf("%s %s answered a stranger %d %s", method, path, a.status, a.body)
			}
		}
		w.want(200, "GET", path, "")
	}
	for body, code := range map[string]string{
		fmt.Sprintf(`{"name":"x","insurance_requirement":%q}`, requirement): "no_insurance_requirement_found",
		`{"name":"x","entity":"en_1"}`:                                      "invalid_entity_id",
	} {
		refused(t, w.doAs(w.strangersKey, "POST", "/jobs", body), 400, code)
	}
	refused(t, w.doAs(w.strangersKey, "POST", "/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q}`, contractor, job)), 400, "invalid_contractor_id")
}

func TestWhatSomethingLivingRefersToIsInUse(t *testing.T) {
	w := setup(t)
	requirement := w.requirement(false)
	entity := w.made("/entities", fmt.Sprintf(`{"name":"Builders","insurance_requirement":%q}`, requirement)).text("id")
	job := w.made("/jobs", fmt.Sprintf(`{"name":"Roof","entity":%q,"wage":12.5,"category_code":"jc_1"}`, entity)).text("id")
	contractor := w.contractor("jane@example.com")
	assignment := w.made("/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q,"bind":true}`, contractor, job)).text("id")
	w.refusal(409, "invalid_state", "POST", "/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q}`, contractor, job))
	inUse := []string{"/insurance_requirements/" + requirement, "/entities/" + entity, "/jobs/" + job, "/contractors/" + contractor}
	for i, by := range []string{"entities", "jobs", "assignments", "assignments"} {
		if says := w.refusal(409, "in_use", "DELETE", inUse[i], ""); !strings.Contains(says, "There are "+by+" that refer to this object.") {
			t.Errorf("%s is refused with %s", inUse[i], says)
		}
	}
	for _, path := range []string{"/assignments/" + assignment, inUse[3], inUse[2], inUse[1], inUse[0]} {
		w.want(200, "DELETE", path, "")
	}
}

func TestJobsAndAssignmentsShowWhatTheyStore(t *testing.T) {
	w := setup(t)
	job := w.made("/jobs", `{"name":"Roof","description":"Two storeys","wage":12.5,"wage_type":"hourly","category_code":"jc_1","years_experience":3,"duration_hours":null}`)
	want := object{"object": "job", "name": "Roof", "description": "Two storeys", "entity": nil, "insurance_requirement": nil, "wage": 12.5, "wage_type": "hourly",
		"category_code": "jc_1", "years_experience": 3.0, "custom_metadata": map[string]any{}}
	if diff := cmp.Diff(want, job, ignoring("id", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	want["wage"], want["description"] = 13.0, nil
	delete(want, "wage_type")
	changed := w.want(200, "PUT", "/jobs/"+job.text("id"), `{"wage":13,"wage_type":null,"description":""}`).object(t)
	if diff := cmp.Diff(want, changed, ignoring("id", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	w.refusal(409, "invalid_state", "POST", "/jobs/"+job.text("id")+"/cancel", "")

	contractor := w.contractor("jane@example.com")
	assignment := w.made("/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q,"bind":true,"coverage_type":["general"],"effective_date":1760509809}`, contractor, job.text("id")))
	wanted := object{"object": "assignment", "contractor": contractor, "job": job["id"], "bind": true, "coverage_type": []any{"general"}, "effective_date": 1760509809.0, "custom_metadata": map[string]any{}}
	if diff := cmp.Diff(wanted, assignment, ignoring("id", "created")); diff != "" {
		t.Error(diff)
	}
	for query, n := range map[string]int{"?contractor=" + contractor: 1, "?job=" + job.text("id"): 1, "?contractor=cn_other": 0} {
		if got := w.want(200, "GET", "/assignments"+query, "").ids(t); len(got) != n {
			t.Errorf("%s lists %v", query, got)
		}
	}
}

func TestATrackerIsMadeWithAnOpenSession(t *testing.T) {
	w := setup(t)
	tracker := w.made("/trackers", `{"name":"Spring"}`)
	path := "/trackers/" + tracker.text("id")
	sessions := tracker["sessions"].([]any)
	first := object(sessions[0].(map[string]any))
	if len(sessions) != 1 || first["status"] != "open" || first["expires_at"] != float64(w.now.Unix()+30*24*3600) {
		t.Fatalf("the sessions are %v", sessions)
	}
	second := w.made(path+"/sessions", `{"expires_in":60}`)
	gone := w.want(200, "DELETE", path+"/sessions/"+first.text("id"), "").object(t)
	if gone["object"] != "tracker_session" {
		t.Errorf("closing answered %v", gone)
	}
	w.refusal(404, "resource_not_found", "DELETE", path+"/sessions/"+first.text("id"), "")
	w.refusal(404, "resource_not_found", "DELETE", path+"/sessions/ts_none", "")
	w.now = w.now.Add(2 * time.Minute)
	var statuses []string
	for _, s := range w.want(200, "GET", path, "").object(t)["sessions"].([]any) {
		statuses = append(statuses, s.(map[string]any)["id"].(string)+" "+s.(map[string]any)["status"].(string))
	}
	if diff := cmp.Diff([]string{second.text("id") + " expired", first.text("id") + " closed"}, statuses); diff != "" {
		t.Error(diff)
	}
	w.refusal(404, "resource_not_found", "POST", "/trackers/tr_none/sessions", "")
	w.want(200, "DELETE", path, "")
}

func TestTheAccountShowsAndTakesSettings(t *testing.T) {
	w := setup(t)
	want := object{"id": w.account, "object": "account", "name": "Test", "mode": "test", "page_limit": 2.0, "list_format": "array", "confidence_threshold": 0.85,
		"time_zone": "UTC", "retention_days": nil}
	if diff := cmp.Diff(want, w.want(200, "GET", "/account", "").object(t), ignoring("created", "updated")); diff != "" {
		t.Error(diff)
	}
	want["page_limit"], want["time_zone"], want["retention_days"], want["confidence_threshold"] = 5.0, "America/Chicago", 30.0, 0.9
	got := w.want(200, "PUT", "/account", `{"page_limit":5,"time_zone":"America/Chicago","retention_days":30,"confidence_threshold":0.9}`).object(t)
	if diff := cmp.Diff(want, got, ignoring("created", "updated")); diff != "" {
		t.Error(diff)
	}
	want["retention_days"] = nil
	if diff := cmp.Diff(want, w.want(200, "PUT", "/account", `{"retention_days":null}`).object(t), ignoring("created", "updated")); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{`{"time_zone":"Mars/Olympus"}`, `{"time_zone":"Local"}`, `{"page_limit":0}`, `{"confidence_threshold":0.4}`, `{"retention_days":0}`, `{"name":"x"}`} {
		w.refusal(400, "invalid_input", "PUT", "/account", body)
	}
}
