package webhook

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// Guard judges where a webhook may go: a URL when it is saved, and every
// address when it is dialled. It is safe for concurrent use.
type Guard struct {
	allowHTTP bool
	ports     []uint16
	allowed   []netip.Prefix
	classes   []class
	// last knows IANA's registries of special addresses and has the last word.
	last *ssrf.Guardian
}

// GuardOptions is what an operator may relax or tighten.
type GuardOptions struct {
	// AllowHTTP lets http:// through: for development.
	AllowHTTP bool
	// Ports are the ports that may be dialled; none: any.
	Ports []uint16
	// AllowedRanges may be dialled whatever they are: LoopbackRanges for
	// development, or an operator's own receivers.
	AllowedRanges []netip.Prefix
}

// NewGuard makes a Guard. The zero options are those of production.
func NewGuard(o GuardOptions) *Guard {
	var v4, v6 []netip.Prefix
	for _, prefix := range o.AllowedRanges {
		if prefix.Addr().Is4() {
			v4 = append(v4, prefix)
		} else {
			v6 = append(v6, prefix)
		}
	}
	options := []ssrf.Option{
		ssrf.WithAnyPort(),
		ssrf.WithAllowedV4Prefixes(v4...),
		ssrf.WithAllowedV6Prefixes(v6...),
	}
	if len(o.Ports) > 0 {
		options = append(options, ssrf.WithPorts(o.Ports...))
	}
	return &Guard{
		allowHTTP: o.AllowHTTP,
		ports:     slices.Clone(o.Ports),
		allowed:   slices.Clone(o.AllowedRanges),
		classes:   classes(),
		last:      ssrf.New(options...),
	}
}

// LoopbackRanges are what the dev command allows.
func LoopbackRanges() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// ParseRanges reads an operator's allow-list: 10.1.0.0/16,fd12::/48; a bare
// address is a range of one. The empty text is no range.
func ParseRanges(text string) ([]netip.Prefix, error) {
	var ranges []netip.Prefix
	if strings.TrimSpace(text) == "" {
		return ranges, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		field = strings.TrimSpace(field)
		if addr, err := netip.ParseAddr(field); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			ranges = append(ranges, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(field)
		if err != nil || prefix.Addr().Is4In6() {
			return nil, fmt.Errorf("range %d of the allow-list, %q, is not written like 10.1.0.0/16 or fd12::/48", len(ranges)+1, field)
		}
		if prefix != prefix.Masked() {
			return nil, fmt.Errorf("range %d of the allow-list, %s, has bits beyond its length; is %s meant?", len(ranges)+1, field, prefix.Masked())
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

// CheckAddr judges an address that is about to be dialled. The error is a
// *RefusedError.
func (g *Guard) CheckAddr(addr netip.Addr) error {
	// An IPv4 address in an AAAA record is dialled as IPv4.
	addr = addr.Unmap().WithZone("")
	if g.isAllowed(addr) {
		// Who allows the NAT64 range reaches the internet through it, and has
		// not thereby allowed what is private behind it.
		if inner, ok := behindNAT64(addr); ok {
			return g.CheckAddr(inner)
		}
		return nil
	}
	for _, c := range g.classes {
		if c.prefix.Contains(addr) {
			return refused(c.refusal, addr.String())
		}
	}
	if g.last.SafeAddr(addr) != nil {
		return refused(RefusedSpecialPurpose, addr.String())
	}
	return nil
}

// Control judges what a net.Dialer is about to connect to; it has the form of
// net.Dialer.Control. The address is the one that is dialled, so that no second
// answer of a name server can change it.
func (g *Guard) Control(network, address string, conn syscall.RawConn) error {
	addrPort, err := netip.ParseAddrPort(address)
	if err != nil {
		return refused(RefusedHost, address)
	}
	if err := g.CheckAddr(addrPort.Addr()); err != nil {
		return err
	}
	if !g.isPortAllowed(addrPort.Port()) {
		return refused(RefusedPort, address)
	}
	if err := g.last.Safe(network, address, conn); err != nil {
		return refused(RefusedSpecialPurpose, address)
	}
	return nil
}

func (g *Guard) isAllowed(addr netip.Addr) bool {
	return slices.ContainsFunc(g.allowed, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func (g *Guard) isPortAllowed(port uint16) bool {
	return port != 0 && (len(g.ports) == 0 || slices.Contains(g.ports, port))
}

// behindNAT64 returns the IPv4 address in the last 32 bits of an address of the
// well-known NAT64 range (RFC 6052).
func behindNAT64(addr netip.Addr) (netip.Addr, bool) {
	if !ssrf.IPv6NAT64Prefix.Contains(addr) {
		return netip.Addr{}, false
	}
	b := addr.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// class is a range of addresses with the name of its refusal.
type class struct {
	prefix  netip.Prefix
	refusal Refusal
}

// classes names the special ranges that people meet, narrower ones first. What
// has no name here and is special all the same is RefusedSpecialPurpose.
func classes() []class {
	var all []class
	add := func(r Refusal, prefixes ...string) {
		for _, p := range prefixes {
			all = append(all, class{netip.MustParsePrefix(p), r})
		}
	}
	// AWS, Google and most others; ECS; EKS; AWS and Google by IPv6; Alibaba;
	// Oracle; and Azure's, which stands in the middle of public addresses.
	add(RefusedMetadata, "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32",
		"fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128",
		"100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32")
	add(RefusedUnspecified, "0.0.0.0/32", "::/128")
	add(RefusedThisNetwork, "0.0.0.0/8")
	add(RefusedLoopback, "127.0.0.0/8", "::1/128")
	add(RefusedPrivate, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
	add(RefusedShared, "100.64.0.0/10")
	add(RefusedLinkLocal, "169.254.0.0/16", "fe80::/10")
	add(RefusedUniqueLocal, "fc00::/7")
	add(RefusedSiteLocal, "fec0::/10")
	add(RefusedDocumentation, "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
	add(RefusedBenchmarking, "198.18.0.0/15", "2001:2::/48")
	add(RefusedMulticast, "224.0.0.0/4", "ff00::/8")
	add(RefusedBroadcast, "255.255.255.255/32")
	add(RefusedReserved, "240.0.0.0/4")
	add(RefusedIPv4Compatible, "::/96")
	add(RefusedIPv4Translated, "::ffff:0:0:0/96")
	add(RefusedNAT64, "64:ff9b::/96", "64:ff9b:1::/48")
	add(Refused6to4, "2002::/16", "192.88.99.0/24")
	add(RefusedTeredo, "2001::/32")
	add(RefusedDiscard, "100::/64")
	return all
}
