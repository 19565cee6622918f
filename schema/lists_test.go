package schema_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/devstack/stacktest"
	"certflow/schema"
	"certflow/schema/schematest"
)

// manyCertificates gives account $1 10,000 certificates, one a minute: 2 of a hundred are denied, 14 flagged; every 100 are a job's and a
// contractor's.
const manyCertificates = `INSERT INTO certificates (id, account_id, contractor_id, requirement_id, job_id, tracker_id, in_job, position, status,
		filename, blob_key, sha256, size, begun_at, finished_at, created_at, updated_at)
	SELECT 'ci_' || n, $1, 'cn_' || n / 100, 'req_1', 'jb_' || n / 100, 'tr_1', true, n % 100,
		CASE WHEN n % 100 < 84 THEN 'approved' WHEN n % 100 < 98 THEN 'flagged' ELSE 'denied' END,
		'Renewal ' || n || '.PDF', 'blob/' || n, sha256(n::text::bytea), 1000, at, at, at, at
	FROM (SELECT n, now() - make_interval(mins => 10000 - n) AS at FROM generate_series(1, 10000) n) s ORDER BY n`

func TestAPageOfAListReadsNotTheWholeAccount(t *testing.T) {
	t.Parallel()
	owner := stacktest.Database(t, schematest.Migrated)
	db, err := schema.Open(schematest.ServingURL(t, owner), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	account := schematest.Account(t, db)
	seed, err := sql.Open("pgx", owner)
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	seed.SetMaxOpenConns(1)
	for _, statement := range []struct {
		text string
		args []any
	}{
		// What certificates refer to does not matter here.
		{"SET session_replication_role = replica", nil},
		{manyCertificates, []any{account}},
		{"VACUUM ANALYZE certificates", nil},
	} {
		if _, err := seed.ExecContext(t.Context(), statement.text, statement.args...); err != nil {
			t.Fatal(err)
		}
	}
	const limit = 25
	first, deep := schema.Page{Limit: limit}, schema.Page{Limit: limit, StartingAfter: "ci_5000"}
	for _, c := range []struct {
		name  string
		page  schema.Page
		by    schema.CertificateFilter
		reads int // rows of certificates that the page may cost
	}{
		{"the first page", first, schema.CertificateFilter{}, 2 * limit},
		{"a page in the middle", deep, schema.CertificateFilter{}, 2 * limit},
		{"the page before a cursor", schema.Page{Limit: limit, EndingBefore: "ci_5000"}, schema.CertificateFilter{}, 2 * limit},
		{"a frequent status", first, schema.CertificateFilter{Status: schema.Approved}, 2 * limit},
		{"a rare status", deep, schema.CertificateFilter{Status: schema.Denied}, 2 * limit},
		{"a status of none", first, schema.CertificateFilter{Status: schema.Pending}, 2 * limit},
		{"a contractor's", first, schema.CertificateFilter{Contractor: "cn_50"}, 101 + limit},
		{"a job's", first, schema.CertificateFilter{Job: "jb_50"}, 101 + limit},
		{"a tracker's", first, schema.CertificateFilter{Tracker: "tr_1"}, 2 * limit},
		{"a job's of a status", first, schema.CertificateFilter{Job: "jb_50", Status: schema.Denied}, 101 + limit},
		{"a tracker's of a rare status", first, schema.CertificateFilter{Tracker: "tr_1", Status: schema.Denied}, 1500},
		{"the last hours", first, schema.CertificateFilter{CreatedFrom: time.Now().Add(-24 * time.Hour)}, 2 * limit},
		{"a frequent word of file names", first, schema.CertificateFilter{Filename: "renewal"}, 2 * limit},
	} {
		t.Run(c.name, func(t *testing.T) {
			schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
				before := certificateReads(t, ctx, tx)
				if _, err := schema.ListCertificates(ctx, tx, c.page, c.by); err != nil {
					return err
				}
				after := certificateReads(t, ctx, tx)
				if n := after.scans - before.scans; n > 0 {
					t.Errorf("it reads the whole table, %d times", n)
				}
				if n := after.rows - before.rows; n > c.reads {
					t.Errorf("it reads %d certificates, which is more than %d", n, c.reads)
				}
				return nil
			})
		})
	}
	t.Run("a file name is found among all, whatever its case", func(t *testing.T) {
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
			found, err := schema.ListCertificates(ctx, tx, first, schema.CertificateFilter{Filename: "REnewal 77.p"})
			if err != nil {
				return err
			}
			if len(found.Rows) != 1 || found.Rows[0].ID != "ci_77" {
				t.Errorf("found %d certificates", len(found.Rows))
			}
			return nil
		})
	})
}

// readSoFar is what a transaction has read of a table: scans of all of it, and rows by its indexes.
type readSoFar struct{ scans, rows int }

func certificateReads(t *testing.T, ctx context.Context, tx bun.Tx) readSoFar {
	t.Helper()
	var read readSoFar
	err := tx.QueryRowContext(ctx, "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'certificates'").Scan(&read.scans, &read.rows)
	if err != nil {
		t.Fatal(err)
	}
	return read
}
