package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Limiter counts the requests of keys.
type Limiter interface {
	// Take counts one request of a key. An error lets the request pass: its key was found a moment ago in the database that counts, so that
	// this is a hiccup, and refusing would make an outage of it. While that database is away no key is found and nothing passes.
	Take(ctx context.Context, key string) (Allowance, error)
}

// Allowance is what a key may still do in the present window.
type Allowance struct {
	Allowed   bool
	Quota     int           // requests in a window
	Window    time.Duration // its length
	Remaining int
	Reset     time.Duration // until the next window
}

// limitRate counts a request against its key's quota and says so in the headers of every answer.
func (s *Server) limitRate(c *gin.Context) {
	state := callOf(c.Request.Context())
	if state.owner.KeyID == "" {
		return
	}
	allowance, err := s.limiter.Take(c.Request.Context(), state.owner.KeyID)
	if err != nil && c.Request.Context().Err() != nil {
		s.fail(c, err) // the client went away, or we do
		return
	}
	if err != nil {
		s.metrics.unlimited.Inc()
		s.log.WarnContext(c.Request.Context(), "requests are not limited", slog.Any("error", err))
		return
	}
	reset := int((allowance.Reset + time.Second - 1) / time.Second)
	c.Header("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, allowance.Quota, int(allowance.Window/time.Second)))
	c.Header("RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, allowance.Remaining, reset))
	if !allowance.Allowed {
		s.fail(c, &Problem{Status: http.StatusTooManyRequests, Code: ErrorCodeRateLimited, RetryAfter: max(allowance.Reset, time.Second),
			Message: fmt.Sprintf("Too many requests with this key. Try again in %d seconds.", max(reset, 1))})
	}
}
