package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"certflow/internal/proc"
	"certflow/internal/service"
	"certflow/schema"
)

// consolePage is how many rows the console shows at once.
const consolePage = 25

// measureLists compares pages of an account with few certificates and of one with many, on two databases of one server, taken
// alternately.
func measureLists(ctx context.Context, r *run) (err error) {
	s, err := r.start(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	few, err := s.smallCopy(ctx)
	if err != nil {
		return err
	}
	defer few.close()
	many := &listed{stack: s, owner: s.owner, db: s.dev.Service.DB, url: s.dev.URL}
	for _, l := range []*listed{few, many} {
		if err := l.open(ctx); err != nil {
			return err
		}
	}
	if err := few.fill(ctx, r.listFew, r); err != nil {
		return err
	}
	if err := many.fill(ctx, r.listSome, r); err != nil {
		return err
	}
	if err := r.filters(ctx, many); err != nil {
		return err
	}
	if err := many.fill(ctx, r.listMany, r); err != nil {
		return err
	}
	return r.pages(ctx, few, many)
}

// listed is an account of a database whose certificates are listed.
type listed struct {
	*tenant
	stack *stack
	owner *sql.DB
	db    *schema.DB
	url   string
	api   *proc.Process // of its own, or nil

	others []string
	filled int
}

// smallCopy is a second database with an API of its own.
func (s *stack) smallCopy(ctx context.Context) (l *listed, err error) {
	const name = "certflow_few"
	if err := s.dev.Postgres.CreateDatabase(ctx, name, ""); err != nil {
		return nil, err
	}
	serving, err := url.Parse(s.config.DatabaseURL.Reveal())
	if err != nil {
		return nil, errors.New("the serving database URL cannot be parsed")
	}
	serving.Path = "/" + name
	if _, err := schema.Migrate(ctx, s.dev.Postgres.URL(name)); err != nil {
		return nil, err
	}
	l = &listed{stack: s}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.owner, err = sql.Open("pgx", s.dev.Postgres.URL(name)); err != nil {
		return nil, fmt.Errorf("connect as the owner: %w", err)
	}
	if l.db, err = schema.Open(serving.String(), 5); err != nil {
		return nil, err
	}
	if l.url, err = freeURL(); err != nil {
		return nil, err
	}
	l.api, err = s.startAPI(ctx, l.url, serving.String())
	return l, err
}

// freeURL is an address on loopback that nobody listens on.
func freeURL() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return "http://" + listener.Addr().String(), listener.Close()
}

// close ends what is not the stack's.
func (l *listed) close() {
	l.api.Stop()
	if l.owner != nil {
		_ = l.owner.Close()
	}
	if l.db != nil {
		_ = l.db.Close()
	}
}

// open makes the account, and others beside it.
func (l *listed) open(ctx context.Context) error {
	account, key, err := service.CreateAccount(ctx, l.db, "Lists", false)
	if err != nil {
		return err
	}
	l.tenant = &tenant{account: account, key: key, url: l.url, web: l.stack.web}
	for i := range l.stack.run.otherAccounts {
		other, _, err := service.CreateAccount(ctx, l.db, "Other "+strconv.Itoa(i), false)
		if err != nil {
			return err
		}
		l.others = append(l.others, other)
	}
	return nil
}

// The rows of an account: a requirement, a tracker, contractors with a hundred certificates each, a job for every 500 certificates.
const (
	perContractor = 100
	perJob        = 500
)

// seedParties makes what certificates of an account refer to; $1 is the account, $2 how many certificates it is for.
var seedParties = []string{
	`INSERT INTO requirements (id, account_id, name) VALUES ('req_' || substr(md5($1), 1, 16), $1, 'Bench requirement for ' || $2::int) ON CONFLICT DO NOTHING`,
	`INSERT INTO trackers (id, account_id, name) VALUES ('tr_' || substr(md5($1), 1, 16), $1, 'Bench tracker for ' || $2::int) ON CONFLICT DO NOTHING`,
	`INSERT INTO contractors (id, account_id, email, first_name, last_name)
		SELECT 'cn_' || substr(md5($1 || n), 1, 16), $1, 'c' || n || '@bench.invalid', 'Bench', n::text
		FROM generate_series(0, $2::int / ` + strconv.Itoa(perContractor) + `) n ON CONFLICT DO NOTHING`,
	`INSERT INTO jobs (id, account_id, name, tracker_id)
		SELECT 'jb_' || substr(md5($1 || n), 1, 16), $1, 'Bench', 'tr_' || substr(md5($1), 1, 16)
		FROM generate_series(0, $2::int / ` + strconv.Itoa(perJob) + `) n ON CONFLICT DO NOTHING`,
}

// seedCertificates makes the certificates number $2 to $3 of account $1, one a minute up to now: 80 of a hundred are approved, 14 flagged,
// 4 error, 2 denied; those of every second job belong to it.
const seedCertificates = `INSERT INTO certificates (id, account_id, contractor_id, requirement_id, job_id, tracker_id, in_job, position, status,
		filename, blob_key, sha256, size, begun_at, finished_at, created_at, updated_at)
	SELECT 'ci_' || substr(md5($1 || n), 1, 20), $1, 'cn_' || substr(md5($1 || n / 100), 1, 16), 'req_' || substr(md5($1), 1, 16),
		CASE WHEN bulk THEN 'jb_' || substr(md5($1 || n / 500), 1, 16) END, CASE WHEN bulk THEN 'tr_' || substr(md5($1), 1, 16) END, bulk,
		CASE WHEN bulk THEN n % 500 END,
		CASE WHEN n % 100 < 80 THEN 'approved' WHEN n % 100 < 94 THEN 'flagged' WHEN n % 100 < 98 THEN 'error' ELSE 'denied' END,
		'certificate-' || n || '.pdf', 'bench/' || $1 || '/' || n || '.pdf', sha256(n::text::bytea), 100000, at, at, at, at
	FROM (SELECT n, n / 500 % 2 = 0 AS bulk, now() - make_interval(mins => $4::int - n) AS at FROM generate_series($2::int, $3::int) n) s
	ORDER BY n`

// seedBatch bounds the rows of one statement.
const seedBatch = 50_000

// fill brings the account to so many certificates and the other accounts to theirs, in turns, as real ones come in.
func (l *listed) fill(ctx context.Context, upTo int, r *run) error {
	began := time.Now()
	conn, err := l.owner.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect as the owner: %w", err)
	}
	defer conn.Close()
	// What is inserted refers to what was just inserted: the triggers that check this would take most of the time.
	if _, err := conn.ExecContext(ctx, "SET session_replication_role = replica"); err != nil {
		return fmt.Errorf("make rows: %w", err)
	}
	insert := func(account string, from, to, newest int) error {
		for _, statement := range seedParties {
			if _, err := conn.ExecContext(ctx, statement, account, to); err != nil {
				return fmt.Errorf("make rows: %w", err)
			}
		}
		for ; from < to; from += seedBatch {
			if _, err := conn.ExecContext(ctx, seedCertificates, account, from, min(from+seedBatch, to)-1, newest); err != nil {
				return fmt.Errorf("make rows: %w", err)
			}
		}
		return nil
	}
	if l.filled == 0 {
		for _, other := range l.others {
			if err := insert(other, 0, min(r.othersCertificates, upTo), upTo); err != nil {
				return err
			}
		}
	}
	if err := insert(l.account, l.filled, upTo, r.listMany); err != nil {
		return err
	}
	l.filled = upTo
	if _, err := conn.ExecContext(ctx, "VACUUM ANALYZE certificates"); err != nil {
		return fmt.Errorf("analyse rows: %w", err)
	}
	r.say("%d certificates in %.0f s", upTo, time.Since(began).Seconds())
	return nil
}

// cursorAt is the id of the account's certificate of that number.
func (l *listed) cursorAt(ctx context.Context, place int) (cursor string, err error) {
	err = l.owner.QueryRowContext(ctx, "SELECT 'ci_' || substr(md5($1::text || $2::int), 1, 20)", l.account, place).Scan(&cursor)
	if err != nil {
		return "", fmt.Errorf("name a certificate: %w", err)
	}
	return cursor, nil
}

// time1 is how long one request takes, in milliseconds, and how many rows it gives.
func (l *listed) time1(ctx context.Context, path string) (ms float64, rows int, err error) {
	var list []struct{ ID string }
	began := time.Now()
	if err := l.get(ctx, path, &list); err != nil {
		return 0, 0, err
	}
	return time.Since(began).Seconds() * 1000, len(list), nil
}

// pages compares the first page and one deep in the list.
func (r *run) pages(ctx context.Context, few, many *listed) error {
	for _, place := range []struct {
		name string
		deep bool
	}{{"first page", false}, {"page in the middle", true}} {
		var times [2][]float64
		for i := range r.listRequests + 5 {
			for at, l := range []*listed{few, many} {
				path := "/files/certificates?limit=10"
				if place.deep {
					cursor, err := l.cursorAt(ctx, l.filled/2+i)
					if err != nil {
						return err
					}
					path += "&starting_after=" + cursor
				}
				ms, rows, err := l.time1(ctx, path)
				if err != nil {
					return err
				}
				if rows != 10 {
					return fmt.Errorf("%s of %d certificates: %d rows, want 10", place.name, l.filled, rows)
				}
				if i >= 5 { // the first ones warm caches
					times[at] = append(times[at], ms)
				}
			}
		}
		a, b := median(times[1]), median(times[0])
		r.add(Figure{Name: fmt.Sprintf("%s at %d certificates ÷ at %d", place.name, many.filled, few.filled), Value: a / b, Unit: "×", Target: atMost(1.5),
			Note: fmt.Sprintf("medians of %d, taken alternately", len(times[0]))})
		r.add(Figure{Name: fmt.Sprintf("%s at %d certificates", place.name, many.filled), Value: a, Unit: "ms"})
		r.add(Figure{Name: fmt.Sprintf("%s at %d certificates", place.name, few.filled), Value: b, Unit: "ms"})
	}
	return nil
}

// filters measures the console's lists.
func (r *run) filters(ctx context.Context, l *listed) error {
	var contractor, job, tracker, cold string
	middle := l.filled / 2
	err := l.owner.QueryRowContext(ctx, `SELECT 'cn_' || substr(md5($1::text || $2::int), 1, 16), 'jb_' || substr(md5($1::text || $3::int), 1, 16),
		'tr_' || substr(md5($1::text), 1, 16), 'jb_' || substr(md5($1::text || 1), 1, 16)`,
		l.account, middle/perContractor, middle/perJob/2*2).Scan(&contractor, &job, &tracker, &cold)
	if err != nil {
		return fmt.Errorf("name what to filter by: %w", err)
	}
	now := time.Now()
	week, oldest := now.Add(-7*24*time.Hour).Unix(), now.Add(-time.Duration(r.listMany-l.filled/100)*time.Minute).Unix()
	worst, slowest := 0.0, ""
	for _, f := range []struct{ name, query string }{
		{"none", ""},
		{"status flagged", "&status=flagged"},
		{"status denied", "&status=denied"},
		{"status pending, of which there are none", "&status=pending"},
		{"contractor", "&contractor=" + contractor},
		{"job", "&job=" + job},
		{"job without certificates", "&job=" + cold},
		{"tracker", "&tracker=" + tracker},
		{"the last week", "&created[gte]=" + strconv.FormatInt(week, 10)},
		{"before the oldest hundredth", "&created[lt]=" + strconv.FormatInt(oldest, 10)},
		{"job and status", "&status=denied&job=" + job},
		{"tracker and status", "&status=denied&tracker=" + tracker},
		{"contractor and status", "&status=denied&contractor=" + contractor},
		{"file name that every hundredth has", "&filename=00.PDF"},
		{"file name that none has, among all", "&filename=absent"},
		{"status and the last week", "&status=denied&created[gte]=" + strconv.FormatInt(week, 10)},
	} {
		path := fmt.Sprintf("/files/certificates?limit=%d&expand[]=review_results%s", consolePage, f.query)
		var times []float64
		rows := 0
		for i := range min(r.listRequests, 50) + 2 {
			ms, n, err := l.time1(ctx, path)
			if err != nil {
				return err
			}
			if rows = n; i >= 2 {
				times = append(times, ms)
			}
		}
		ms := median(times)
		if ms > worst {
			worst, slowest = ms, f.name
		}
		r.add(Figure{Name: "console's filter: " + f.name, Value: ms, Unit: "ms", Note: fmt.Sprintf("%d rows", rows)})
	}
	r.add(Figure{Name: fmt.Sprintf("slowest of the console's filters at %d certificates", l.filled), Value: worst, Unit: "ms", Target: atMost(100), Note: slowest})
	return nil
}
