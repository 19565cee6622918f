package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/uptrace/bun"
)

const (
	idempotencyHeader          = "Idempotency-Key"
	publishedIdempotencyHeader = "Ten99Policy-Idempotent-Key"
	replayedHeader             = "Idempotent-Replayed"

	// maxKeyLength bounds an idempotency key, in bytes.
	maxKeyLength = 255
)

// Claims keeps what was answered to requests with an idempotency key (CONTRACT §1).
type Claims interface {
	// Claim commits a claim on a key of an account, under a token of the claimant's, or says why there is none: the key has an answer,
	// or somebody else's claim whose lease has not expired. An expired one is taken over.
	Claim(ctx context.Context, account, key, operation, token string, lease time.Duration) (Claimed, error)
	// Finish stores the answer of a claimed key in the transaction that makes its effect. It fails when the claim was taken over.
	Finish(ctx context.Context, tx bun.IDB, account, key, token string, answer Answer) error
	// Bind leaves the answer of a claimed key to a bulk job, in the transaction that makes the job. It fails when the claim was taken over.
	Bind(ctx context.Context, tx bun.IDB, account, key, token, job string, fingerprint []byte) error
	// Renew lets the lease of a claim begin anew. It is a no-op when the claim was taken over or finished.
	Renew(ctx context.Context, account, key, token string, lease time.Duration) error
	// Release forgets a claim that came to nothing. It is a no-op when the claim was taken over or finished.
	Release(ctx context.Context, account, key, token string) error
}

// Claimed is what came of a claim. Won says that the key is the claimant's; otherwise Answer is what was answered before, or nil
// while that is being worked out. Job names the bulk upload that works it out or did, and Fingerprint is that of its request. Operation
// is what the key was used for.
type Claimed struct {
	Won         bool
	Operation   string
	Answer      *Answer
	Job         string
	Fingerprint []byte
}

// Answer is a response as it is kept, with the fingerprint of the request that it answers.
type Answer struct {
	Status      int
	Header      http.Header
	Body        []byte
	Fingerprint []byte
}

// claim is a request's hold on its idempotency key. A nil claim is that of a request without a key: it stores nothing.
type claim struct {
	claims             Claims
	account, key       string
	token, operationID string
	request            string // method and URL, part of the fingerprint
	earlier            *Answer
	job                string // the bulk upload that is working earlier out
	fingerprint        []byte
	kept               bool // finished, or handed over
}

// claimIdempotencyKey claims the idempotency key of a POST before its body is read, and gives the claim back when the request comes to nothing.
func (s *Server) claimIdempotencyKey(c *gin.Context) {
	state := callOf(c.Request.Context())
	if state.operation == nil || !state.operation.idempotent {
		return
	}
	key, err := idempotencyKey(c.Request.Header)
	if err != nil {
		s.fail(c, err)
		return
	}
	if key == "" {
		return
	}
	held := &claim{claims: s.claims, account: state.owner.AccountID, key: key, token: rand.Text(), operationID: state.operation.id,
		request: c.Request.Method + " " + c.Request.URL.Path + "?" + sortedQuery(c.Request.URL)}
	claimed, err := s.claims.Claim(c.Request.Context(), held.account, key, held.operationID, held.token, s.limits.Lease)
	switch {
	case err != nil:
		s.fail(c, unavailable(err))
	case claimed.Won:
		state.claim = held
		renewed := s.renew(c.Request.Context(), held)
		defer func() {
			renewed()
			s.releaseClaim(c.Request.Context(), held)
		}()
		c.Next()
	case (claimed.Answer != nil || claimed.Job != "") && claimed.Operation != held.operationID:
		s.fail(c, errOtherRequest)
	case claimed.Answer != nil:
		held.earlier = claimed.Answer
		state.claim = held
		c.Next()
	case claimed.Job != "":
		// Whether this is the same request is known when its body was parsed.
		held.earlier, held.job = &Answer{Fingerprint: claimed.Fingerprint}, claimed.Job
		state.claim = held
		c.Next()
	default:
		s.fail(c, &Problem{Status: http.StatusConflict, Code: ErrorCodeIdempotencyConflict, RetryAfter: time.Second,
			Message: "A request with this idempotency key is still running. Try again shortly."})
	}
}

// errOtherRequest refuses a key that answers for another request.
var errOtherRequest = refuse(http.StatusUnprocessableEntity, ErrorCodeIdempotencyMismatch, "This idempotency key was used with another request.")

// renew keeps a claim while its request is worked on, however long that takes, and until the function that it returns is called. A process that is
// killed renews no more, and whoever repeats the request need not wait for longer than a lease.
func (s *Server) renew(ctx context.Context, held *claim) (end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var renewing sync.WaitGroup
	renewing.Go(func() {
		tick := time.NewTicker(s.limits.Lease / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			once, done := context.WithTimeout(ctx, s.limits.Lease/4)
			err := held.claims.Renew(once, held.account, held.key, held.token, s.limits.Lease)
			done()
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "an idempotency key was not renewed", slog.Any("error", err))
			}
		}
	})
	return func() {
		cancel()
		renewing.Wait()
	}
}

// releaseClaim releases a claim that came to nothing, whether or not the client is still there.
func (s *Server) releaseClaim(ctx context.Context, held *claim) {
	if held.kept {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := held.claims.Release(ctx, held.account, held.key, held.token); err != nil {
		s.log.WarnContext(ctx, "an idempotency key was not released and waits for its lease", slog.Any("error", err))
	}
}

// settle gives the claim the request that was parsed. Where the key has an answer it returns that, or the refusal of another request.
func (k *claim) settle(parsed []byte) (*Answer, error) {
	if k == nil {
		return nil, nil
	}
	sum := sha256.Sum256(append([]byte(k.request+"\n"), parsed...))
	k.fingerprint = sum[:]
	if k.earlier == nil {
		return nil, nil
	}
	if !bytes.Equal(k.earlier.Fingerprint, k.fingerprint) {
		return nil, errOtherRequest
	}
	return k.earlier, nil
}

// replays reports whether the key has an answer, or a job that works it out, so that nothing is to be made.
func (k *claim) replays() bool { return k != nil && k.earlier != nil }

// finish stores the answer in the transaction that makes the effect. The caller calls keep once that is committed.
func (k *claim) finish(ctx context.Context, tx bun.IDB, answer Answer) error {
	if k == nil {
		return nil
	}
	answer.Fingerprint = k.fingerprint
	if err := k.claims.Finish(ctx, tx, k.account, k.key, k.token, answer); err != nil {
		return fmt.Errorf("store the answer of an idempotency key: %w", err)
	}
	return nil
}

// bind leaves the answer to a bulk job, in the transaction that makes the job.
func (k *claim) bind(ctx context.Context, tx bun.IDB, job string) error {
	if k == nil {
		return nil
	}
	if err := k.claims.Bind(ctx, tx, k.account, k.key, k.token, job, k.fingerprint); err != nil {
		return fmt.Errorf("leave an idempotency key to a job: %w", err)
	}
	return nil
}

// keep leaves the claim where it is when the request ends: its answer is stored, or a bulk upload will store it.
func (k *claim) keep() {
	if k != nil {
		k.kept = true
	}
}

// settleParsed settles the claim of a request whose body was parsed by the edge, and replays the stored answer.
func (s *Server) settleParsed(c *gin.Context) {
	state := callOf(c.Request.Context())
	if state.claim == nil || state.operation.multipart {
		return
	}
	parsed, err := json.Marshal(state.body.value)
	if err != nil {
		s.fail(c, fmt.Errorf("take the fingerprint of a request: %w", err))
		return
	}
	answer, err := state.claim.settle(parsed)
	switch {
	case err != nil:
		s.fail(c, err)
	case answer != nil:
		c.Abort()
		answer.replay(c.Writer)
	}
}

// replay writes a stored answer.
func (a *Answer) replay(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.Header().Set(replayedHeader, "true")
	w.WriteHeader(a.Status)
	// A client that has gone does not read it.
	_, _ = w.Write(a.Body)
}

// idempotencyKey reads the key, bare or as a structured string; none is "".
func idempotencyKey(header http.Header) (string, error) {
	var keys []string
	for _, name := range []string{idempotencyHeader, publishedIdempotencyHeader} {
		values := header.Values(name)
		if len(values) == 0 {
			continue
		}
		key := values[0]
		if inner, ok := strings.CutPrefix(key, `"`); ok {
			if inner, ok = strings.CutSuffix(inner, `"`); ok {
				key = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(inner)
			}
		}
		if len(values) > 1 || key == "" || len(key) > maxKeyLength || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
			return "", invalidField(name, "Must be one text of 1 to %d printable ASCII characters.", maxKeyLength)
		}
		keys = append(keys, key)
	}
	switch {
	case len(keys) == 0:
		return "", nil
	case len(keys) == 2 && keys[0] != keys[1]:
		return "", invalidField(publishedIdempotencyHeader, "Differs from %s. Give one of them, or the same in both.", idempotencyHeader)
	}
	return keys[0], nil
}

func sortedQuery(u *url.URL) string { return u.Query().Encode() }
