package console

import (
	"math"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one address may try to sign in: ten times at once, then once in six seconds. Keys cannot be guessed at any rate; this keeps
// the lookups of those who try from crowding out the rest.
const (
	attemptsAtOnce = 10
	attemptEvery   = 6 * time.Second
	// maxAddresses bounds the addresses that are remembered. Beyond it the rest share one allowance.
	maxAddresses = 10_000
)

// attempts counts sign-ins by address, in this process.
type attempts struct {
	now func() time.Time

	mu     sync.Mutex
	by     map[string]*rate.Limiter
	others *rate.Limiter
	swept  time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, by: map[string]*rate.Limiter{}, others: newAllowance(), swept: now()}
}

func newAllowance() *rate.Limiter { return rate.NewLimiter(rate.Every(attemptEvery), attemptsAtOnce) }

// take counts one attempt and answers how many seconds to wait before the next one, 0 when this one may go on.
func (a *attempts) take(address string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	a.sweep(now)
	limiter := a.by[address]
	if limiter == nil {
		if len(a.by) < maxAddresses {
			limiter = newAllowance()
			a.by[address] = limiter
		} else {
			limiter = a.others
		}
	}
	if limiter.AllowN(now, 1) {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return max(1, int(math.Ceil(missing*attemptEvery.Seconds())))
}

// sweep forgets addresses whose allowance is whole again.
func (a *attempts) sweep(now time.Time) {
	if now.Sub(a.swept) < time.Minute {
		return
	}
	a.swept = now
	for address, limiter := range a.by {
		if limiter.TokensAt(now) >= attemptsAtOnce {
			delete(a.by, address)
		}
	}
}

// connectionIP is the address at the other end of the connection; of IPv6 the network of 64 bits, which one customer has whole.
func connectionIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	address = address.Unmap().WithZone("")
	if address.Is6() {
		network, _ := address.Prefix(64) // 64 bits fit every IPv6 address
		return network.String()
	}
	return address.String()
}
