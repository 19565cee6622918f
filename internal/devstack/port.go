package devstack

import (
	"fmt"
	"net"
	"strconv"
)

const loopback = "127.0.0.1"

// choosePorts settles the ports that are 0 with free ones, all different. Between the choice and the server's own
// listen another process may take one: a caller that chose tries again.
func choosePorts(wanted ...int) ([]int, error) {
	chosen := make([]int, len(wanted))
	for i, port := range wanted {
		l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
		if err != nil {
			if port == 0 {
				return nil, fmt.Errorf("find a free port: %w", err)
			}
			return nil, fmt.Errorf("port %d of %s is taken: stop what listens there, or choose another port", port, loopback)
		}
		defer l.Close()
		chosen[i] = l.Addr().(*net.TCPAddr).Port
	}
	return chosen, nil
}
