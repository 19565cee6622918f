package chaos

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// link is a TCP connection between two processes that can be broken: everything that connects to its address is passed on.
type link struct {
	listener net.Listener
	to       string

	mu       sync.Mutex
	pairs    map[*pair]bool
	refusing bool
	open     chan struct{} // closed while bytes may pass
}

// pair is one connection and its continuation.
type pair struct{ near, far net.Conn }

// newLink listens for what is to reach the address to.
func newLink(to string) (*link, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for connections to %s: %w", to, err)
	}
	l := &link{listener: listener, to: to, pairs: map[*pair]bool{}, open: make(chan struct{})}
	close(l.open)
	go l.accept()
	return l, nil
}

// addr is where the link begins.
func (l *link) addr() string { return l.listener.Addr().String() }

func (l *link) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return // closed
		}
		go l.pass(near)
	}
}

// dialTime bounds the wait for the far end, which may be paused.
const dialTime = 5 * time.Second

func (l *link) pass(near net.Conn) {
	far, err := net.DialTimeout("tcp", l.to, dialTime)
	if err != nil {
		reset(near)
		return
	}
	p := &pair{near, far}
	l.mu.Lock()
	refused := l.refusing
	if !refused {
		l.pairs[p] = true
	}
	l.mu.Unlock()
	if refused {
		p.reset()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { l.pump(far, near) })
	both.Go(func() { l.pump(near, far) })
	both.Wait()
	l.mu.Lock()
	delete(l.pairs, p)
	l.mu.Unlock()
	_, _ = near.Close(), far.Close()
}

// pump passes bytes while they may pass, and then the end of them.
func (l *link) pump(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		open := l.open
		l.mu.Unlock()
		<-open
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				_ = from.Close()
				return
			}
		}
		if err != nil {
			if c, ok := to.(*net.TCPConn); ok {
				_ = c.CloseWrite()
			}
			return
		}
	}
}

// cut resets all connections.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.pairs {
		p.reset()
	}
}

// refuse resets all connections, and each new one as long as on.
func (l *link) refuse(on bool) {
	l.mu.Lock()
	l.refusing = on
	l.mu.Unlock()
	if on {
		l.cut()
	}
}

// hold keeps bytes back as long as on.
func (l *link) hold(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if on {
		l.open = make(chan struct{})
	} else {
		close(l.open)
	}
}

// close ends the link.
func (l *link) close() {
	_ = l.listener.Close()
	l.cut()
}

func (p *pair) reset() {
	reset(p.near)
	reset(p.far)
}

// reset closes a connection so that its other end is told of an error and not of an end.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
