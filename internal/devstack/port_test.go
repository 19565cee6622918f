package devstack

import (
	"net"
	"strconv"
	"testing"
)

func TestAPortOfOurChoiceIsNoneThatTheKernelGivesAway(t *testing.T) {
	t.Parallel()
	chosen, err := choosePorts(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if chosen[0] == chosen[1] {
		t.Errorf("port %d was chosen twice", chosen[0])
	}
	addr, err := FreeAddr(loopback)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range append(chosen, port) {
		if port < lowPort || port >= highPort {
			t.Errorf("port %d was chosen, want one from %d and below %d", port, lowPort, highPort)
		}
	}
}
