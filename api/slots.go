package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// slots bounds how much a process takes on at a time, in all and for one account, so that neither a crowd nor one account takes what the
// process was planned with.
type slots struct {
	mu       sync.Mutex
	all      int            // at most in all; 0 for no bound
	each     int            // at most for one account; 0 for no bound
	taken    int            // now
	accounts map[string]int // now, by account; without those that have none
}

func newSlots(all, each int) *slots { return &slots{all: all, each: each, accounts: map[string]int{}} }

// errAllTaken and errAccountTaken say which bound a slot was refused for.
var (
	errAllTaken     = errors.New("all slots are taken")
	errAccountTaken = errors.New("the account's slots are taken")
)

// take takes a slot for an account, "" for none, or says which bound is reached. Who took it gives it back.
func (s *slots) take(account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.all > 0 && s.taken >= s.all:
		return errAllTaken
	case s.each > 0 && s.accounts[account] >= s.each:
		return errAccountTaken
	}
	s.taken++
	s.accounts[account]++
	return nil
}

func (s *slots) release(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.accounts[account]--; s.accounts[account] == 0 {
		delete(s.accounts, account)
	}
}

// takeRequestSlot keeps a process from answering more requests at a time than it was planned for. It comes before anything that costs.
func (s *Server) takeRequestSlot(c *gin.Context) {
	if err := s.requestSlots.take(""); err != nil {
		s.fail(c, unavailable(fmt.Errorf("all %d requests that this process answers at a time are under way", s.limits.Requests)))
		return
	}
	defer s.requestSlots.release("")
	c.Next()
}

// takeOperationSlot keeps a process from taking more uploads at a time than its memory and storage were planned for, and an account from
// taking all of them, or from keeping too many streams of events open.
func (s *Server) takeOperationSlot(c *gin.Context) {
	state := callOf(c.Request.Context())
	var of *slots
	var what string
	switch {
	case state.operation == nil:
		return
	case state.operation.multipart:
		of, what = s.uploadSlots, "uploads"
	case state.operation.id == "StreamEvents":
		of, what = s.streamSlots, "streams of events"
	default:
		return
	}
	switch err := of.take(state.owner.AccountID); {
	case err == nil:
		defer of.release(state.owner.AccountID)
		c.Next()
	case errors.Is(err, errAccountTaken):
		s.fail(c, &Problem{Status: http.StatusTooManyRequests, Code: ErrorCodeRateLimited, RetryAfter: 2 * time.Second,
			Message: fmt.Sprintf("Your account has %d %s under way at a time here, which is all it may have. Try again when one has ended.", of.each, what)})
	default:
		s.fail(c, unavailable(fmt.Errorf("all %d %s that this process takes at a time are under way", of.all, what)))
	}
}
