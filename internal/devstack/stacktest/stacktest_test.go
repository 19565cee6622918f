package stacktest_test

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"certflow/internal/devstack/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }

var prepared atomic.Int32

func prepare(ctx context.Context, url string) error {
	prepared.Add(1)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE certificates (id int); INSERT INTO certificates VALUES (1)")
	return err
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestEachTestHasACopyOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 4 {
		t.Run("writes nothing that another reads", func(t *testing.T) {
			t.Parallel()
			conn := connect(t, stacktest.Database(t, prepare))
			var rows int
			if err := conn.QueryRow(t.Context(), "INSERT INTO certificates VALUES (2) RETURNING (SELECT count(*) FROM certificates)").Scan(&rows); err != nil {
				t.Fatal(err)
			}
			if rows != 1 {
				t.Errorf("a new copy held %d rows, want the template's 1", rows)
			}
			if n := prepared.Load(); n != 1 {
				t.Errorf("the template was made %d times, want once", n)
			}
		})
	}
}

func TestADatabaseIsGoneAfterItsTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("the test", func(t *testing.T) { url = stacktest.Database(t, nil) })
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		conn.Close(t.Context())
		t.Error("the database is still there")
	}
}

func BenchmarkDatabase(b *testing.B) {
	for b.Loop() {
		stacktest.Database(b, prepare)
	}
}

func BenchmarkConnect(b *testing.B) {
	url := stacktest.Database(b, prepare)
	for b.Loop() {
		conn, err := pgx.Connect(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		conn.Close(b.Context())
	}
}
