package devstack

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
)

const loopback = "127.0.0.1"

// lowPort and highPort bound the ports of our choice. They are below those that the kernel gives to whoever asks for any, listening or connecting
// (Linux: 32768 and up): one of these may be anybody's by the time that a server listens on it, or comes back to it after a restart. Of 200 that
// were free, 900 listeners opened later took 24 to 28.
const lowPort, highPort = 20000, 32000

// FreeAddr is host:port with a port that nobody listens on. Between the choice and a server's own listen another process may take it, which is
// rare, since choices begin anywhere between the bounds.
func FreeAddr(host string) (string, error) {
	l, err := listenFree(host)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)), l.Close()
}

// Addresses gives out addresses as FreeAddr does, and none a second time: that of a server that is down, or not up yet, stays its own.
type Addresses struct{ given sync.Map }

// Free is an address that was not given before.
func (a *Addresses) Free(host string) (string, error) {
	for {
		addr, err := FreeAddr(host)
		if err != nil {
			return "", err
		}
		if _, given := a.given.LoadOrStore(addr, true); !given {
			return addr, nil
		}
	}
}

// listenFree listens on a port of our choice.
func listenFree(host string) (net.Listener, error) {
	const ports = highPort - lowPort
	for first, i := rand.IntN(ports), 0; ; i++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(lowPort+(first+i)%ports)))
		if err == nil {
			return l, nil
		}
		if i == ports || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("find a free port between %d and %d: %w", lowPort, highPort, err)
		}
	}
}

// choosePorts settles the ports that are 0 with free ones, all different. Between the choice and the server's own
// listen another process may take one: a caller that chose tries again.
func choosePorts(wanted ...int) ([]int, error) {
	chosen := make([]int, len(wanted))
	for i, port := range wanted {
		var l net.Listener
		var err error
		if port == 0 {
			if l, err = listenFree(loopback); err != nil {
				return nil, err
			}
		} else if l, err = net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port))); err != nil {
			return nil, fmt.Errorf("port %d of %s is taken: stop what listens there, or choose another port", port, loopback)
		}
		defer l.Close()
		chosen[i] = l.Addr().(*net.TCPAddr).Port
	}
	return chosen, nil
}
