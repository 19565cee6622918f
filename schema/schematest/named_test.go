package schematest

import "testing"

func TestAQueryNamesItsAccountForEveryTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query, want string
	}{
		{"by its alias", `SELECT "job"."id" FROM "jobs" AS "job" WHERE ("job".account_id = 'acct_a') AND (id = 'x')`, ""},
		{"not at all", `SELECT "job"."id" FROM "jobs" AS "job" WHERE (id = 'x')`, "jobs"},
		{"another's", `SELECT "job"."id" FROM "jobs" AS "job" WHERE ("job".account_id = 'acct_b')`, "jobs"},
		{"in a text alone", `SELECT "job"."id" FROM "jobs" AS "job" WHERE (name = 'job.account_id = ''acct_a''')`, "jobs"},
		{"as one that a client wrote", `SELECT "job"."id" FROM "jobs" AS "job" WHERE (name = 'acct_a')`, "jobs"},
		{"of a table that is joined", `SELECT FROM jobs AS job JOIN entities AS e ON e.account_id = 'acct_a' AND e.id = job.entity_id WHERE (job.account_id = 'acct_a')`, ""},
		{"of all but the joined one", `SELECT FROM jobs AS job JOIN entities AS e ON e.id = job.entity_id WHERE (job.account_id = 'acct_a')`, "entities"},
		{"by the table beside it", `SELECT FROM expiries e JOIN audits a ON a.account_id = e.account_id WHERE e.account_id = 'acct_a'`, ""},
		{"within", `SELECT FROM deliveries AS delivery WHERE (delivery.account_id = 'acct_a') AND (event_id IN (SELECT id FROM events WHERE account_id = 'acct_a'))`, ""},
		{"not within", `SELECT FROM deliveries AS delivery WHERE (delivery.account_id = 'acct_a') AND (event_id IN (SELECT id FROM events WHERE object_id = 'x'))`, "events"},
		{"in a change", `UPDATE "jobs" AS "job" SET name = 'x' WHERE (id = 'x')`, "jobs"},
		{"in a change without an alias", `UPDATE jobs SET name = 'x' WHERE account_id = 'acct_a' AND id = 'x'`, ""},
		{"in a deletion", `DELETE FROM "jobs" AS "job" WHERE (id = 'x')`, "jobs"},
		{"in a new row", `INSERT INTO "jobs" ("id", "account_id") VALUES ('x', 'acct_a') ON CONFLICT (id) DO UPDATE SET id = 'x'`, ""},
		{"in a new row of another's", `INSERT INTO "jobs" ("id", "account_id") VALUES ('x', 'acct_b')`, "jobs"},
		{"in a new row without", `INSERT INTO "jobs" ("id") VALUES ('acct_a')`, "jobs"},
		{"where a row is held", `SELECT FROM "jobs" AS "job" WHERE ("job".account_id = 'acct_a') FOR UPDATE SKIP LOCKED`, ""},
		{"of a function that gives ids", `SELECT account_id, id FROM certflow_due_jobs(10)`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := unnamed(test.query, "'acct_a'"); got != test.want {
				t.Errorf("%q is unnamed, want %q", got, test.want)
			}
		})
	}
}
