package chaos

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// Kind is a way to break something.
type Kind string

// The faults. The first four are of processes, the rest of connections.
const (
	Kill    Kind = "kill -9"  // the process and what it started, and a start after a while
	Crash   Kind = "kill one" // kill -9 of one of PostgreSQL's backends, at which it ends all sessions and recovers
	Restart Kind = "restart"  // an end in order, and a start after a while
	Pause   Kind = "pause"    // SIGSTOP, and SIGCONT after a while
	Cut     Kind = "cut"      // all connections reset
	Hold    Kind = "hold"     // no byte passes for a while, and then all do
	Refuse  Kind = "refuse"   // all connections reset, and each new one too for a while
)

// Fault breaks a target at a time after the beginning, for a while.
type Fault struct {
	At     time.Duration
	Kind   Kind
	Target string
	For    time.Duration
	Which  int // of PostgreSQL's backends a Crash ends, counted from the oldest and round again
}

// The targets that are processes.
const (
	postgres = "postgres"
	temporal = "temporal"
	api1     = "api-1"
	api2     = "api-2"
	worker1  = "worker-1"
	worker2  = "worker-2"
	receiver = "receiver"
)

// processes are the targets that run, and links those that connect them.
func processes() []string {
	return []string{postgres, temporal, api1, api2, worker1, worker2, receiver}
}

func links() []string {
	var all []string
	for _, from := range []string{api1, api2, worker1, worker2} {
		all = append(all, linkName(from, postgres), linkName(from, temporal))
	}
	return append(all, linkName(clients, api1), linkName(clients, api2), linkName(workers, receiver))
}

// Who is at the near end of a link that several processes share.
const (
	clients = "clients"
	workers = "workers"
)

func linkName(from, to string) string { return from + " → " + to }

// Schedule gives the faults of a run: first every kind against every target once, in any order, then any. The same seed gives the same faults.
func Schedule(seed uint64, lasting time.Duration) []Fault {
	random, backends := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 3))
	every := everyFault()
	random.Shuffle(len(every), func(i, j int) { every[i], every[j] = every[j], every[i] })
	var all []Fault
	at := between(random, 500*time.Millisecond, 2*time.Second)
	for n := 0; at < lasting; n++ {
		var f Fault
		if n < len(every) {
			f = every[n]
		} else {
			f = anyFault(random)
		}
		f.At, f.For = at, min(length(random, f), lasting-at)
		if f.Kind == Crash {
			f.Which = backends.IntN(1000)
		}
		all = append(all, f)
		at += between(random, 400*time.Millisecond, 2*time.Second)
	}
	slices.SortStableFunc(all, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return all
}

// everyFault is each kind against each target that it fits.
func everyFault() []Fault {
	all := []Fault{{Kind: Crash, Target: postgres}}
	for _, target := range processes() {
		for _, kind := range []Kind{Kill, Restart, Pause} {
			all = append(all, Fault{Kind: kind, Target: target})
		}
	}
	for _, target := range links() {
		for _, kind := range []Kind{Cut, Hold, Refuse} {
			all = append(all, Fault{Kind: kind, Target: target})
		}
	}
	return all
}

// anyFault draws one. What everything else rests on is broken half as often as the rest, or nothing would get done.
func anyFault(random *rand.Rand) Fault {
	if random.IntN(100) < 55 {
		all := links()
		kinds := []Kind{Cut, Cut, Cut, Cut, Cut, Hold, Hold, Hold, Refuse, Refuse}
		return Fault{Kind: kinds[random.IntN(len(kinds))], Target: all[random.IntN(len(all))]}
	}
	all := append(processes(), processes()[2:]...)
	kinds := []Kind{Kill, Kill, Kill, Kill, Pause, Pause, Pause, Restart, Restart}
	f := Fault{Kind: kinds[random.IntN(len(kinds))], Target: all[random.IntN(len(all))]}
	if f.Target == postgres && f.Kind == Kill && random.IntN(2) == 0 {
		f.Kind = Crash
	}
	return f
}

// length draws how long a fault lasts. One in six holds and pauses outlives heartbeats and leases.
func length(random *rand.Rand, f Fault) time.Duration {
	long := random.IntN(6) == 0
	switch f.Kind {
	case Cut, Crash:
		return 0
	case Kill, Restart:
		return between(random, 100*time.Millisecond, 2*time.Second)
	case Refuse:
		return between(random, 300*time.Millisecond, 5*time.Second)
	}
	if long && f.Target != postgres && f.Target != temporal {
		return between(random, 15*time.Second, 40*time.Second)
	}
	return between(random, 500*time.Millisecond, 6*time.Second)
}

func between(random *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(random.Int64N(int64(to-from)))
}
