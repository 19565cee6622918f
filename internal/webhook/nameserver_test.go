package webhook

import (
	"context"
	"io"
	"log"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a resolver that asks a DNS server of this test, which knows the
// given names and no other.
func nameServer(t *testing.T, names map[string][]string) *net.Resolver {
	t.Helper()
	return resolverOf(t, func(name string) []string { return names[name] })
}

// rebindingNameServer knows one name, whose address rebind changes.
func rebindingNameServer(t *testing.T, name string) (resolver *net.Resolver, rebind func(address string)) {
	t.Helper()
	var mu sync.Mutex
	var current string
	resolver = resolverOf(t, func(asked string) []string {
		mu.Lock()
		defer mu.Unlock()
		if asked != name {
			return nil
		}
		return []string{current}
	})
	return resolver, func(address string) {
		mu.Lock()
		defer mu.Unlock()
		current = address
	}
}

func resolverOf(t *testing.T, lookup func(name string) []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply, err := answerDNS(buf[:n], lookup); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answerDNS(query []byte, lookup func(name string) []string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	question := m.Questions[0]
	addresses := lookup(strings.ToLower(strings.TrimSuffix(question.Name.String(), ".")))
	if addresses == nil {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, address := range addresses {
		addr := netip.MustParseAddr(address)
		header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
		switch {
		case question.Type == dnsmessage.TypeA && addr.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case question.Type == dnsmessage.TypeAAAA && addr.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	return m.Pack()
}

// nameFor makes a name out of an address.
func nameFor(address string) string {
	return "n" + strings.NewReplacer(".", "-", ":", "x").Replace(address) + "n.example"
}

// quiet is a log that nobody reads.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
