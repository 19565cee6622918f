package webhook

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// maxURLLength is the longest endpoint URL in bytes.
const maxURLLength = 2048

// ParseURL reads an endpoint's URL as it may be saved (CONTRACT §7): https, or
// http where the guard allows it; no user info, no fragment; a port that is
// allowed; and, where the host is an address in whatever notation, one that may
// be dialled. A domain name may be saved even if it does not resolve: what it
// resolves to is judged whenever it is dialled. Only localhost is refused as
// the loopback address that it always is (RFC 6761 §6.3).
//
// The host of the result is in ASCII and lower case. The error is a
// *RefusedError.
func (g *Guard) ParseURL(raw string) (*url.URL, error) {
	if err := g.checkForm(raw); err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return nil, refused(RefusedMalformed, "")
	}
	host, err := g.checkHost(u.Hostname(), strings.HasPrefix(u.Host, "["))
	if err != nil {
		return nil, err
	}
	port, err := portOf(u)
	if err != nil || !g.isPortAllowed(port) {
		return nil, refused(RefusedPort, u.Port())
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port() != "" {
		host += ":" + strconv.Itoa(int(port))
	}
	u.Host = host
	return u, nil
}

// checkForm judges the text before anything decodes it, because parsers differ
// in what they make of backslashes, control characters and percent signs.
func (g *Guard) checkForm(raw string) error {
	if len(raw) > maxURLLength {
		return refused(RefusedTooLong, "")
	}
	for _, r := range raw {
		if r <= ' ' || r == 0x7f || r == '\\' || r == '\uFFFD' {
			return refused(RefusedMalformed, "")
		}
	}
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok {
		return refused(RefusedMalformed, "")
	}
	switch strings.ToLower(scheme) {
	case "https":
	case "http":
		if !g.allowHTTP {
			return refused(RefusedScheme, scheme)
		}
	default:
		return refused(RefusedScheme, scheme)
	}
	rest, ok = strings.CutPrefix(rest, "//")
	if !ok {
		return refused(RefusedMalformed, "")
	}
	if strings.Contains(rest, "#") {
		return refused(RefusedFragment, "")
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		authority = rest[:end]
	}
	switch {
	case strings.Contains(authority, "@"):
		return refused(RefusedUserInfo, "")
	case strings.HasPrefix(authority, "[") && strings.Contains(authority, "%"):
		return refused(RefusedZone, authority)
	case strings.Contains(authority, "%"):
		return refused(RefusedPercentHost, authority)
	}
	return nil
}

// checkHost returns the host as it will be dialled, an address without its
// brackets.
func (g *Guard) checkHost(host string, bracketed bool) (string, error) {
	if bracketed {
		addr, err := netip.ParseAddr(host)
		if err != nil || !addr.Is6() {
			return "", refused(RefusedHost, host)
		}
		if addr.Is4In6() {
			return "", refused(RefusedIPv4Mapped, host)
		}
		if err := g.CheckAddr(addr); err != nil {
			return "", err
		}
		return addr.String(), nil
	}
	// Full-width digits, ideographic full stops and the like become what a
	// resolver would make of them.
	name, err := toASCII(host)
	if err != nil {
		return "", refused(RefusedHost, host)
	}
	if addr, isNumber, ok := parseIPv4(name); isNumber {
		if !ok {
			return "", refused(RefusedAddressNotation, host)
		}
		if err := g.CheckAddr(addr); err != nil {
			return "", err
		}
		if host != addr.String() {
			return "", refused(RefusedAddressNotation, host)
		}
		return host, nil
	}
	if !isDomainName(name) {
		return "", refused(RefusedHost, host)
	}
	if bare := strings.TrimSuffix(name, "."); bare == "localhost" || strings.HasSuffix(bare, ".localhost") {
		if err := g.CheckAddr(netip.AddrFrom4([4]byte{127, 0, 0, 1})); err != nil {
			return "", refused(RefusedLoopback, host)
		}
	}
	return name, nil
}

func toASCII(host string) (string, error) {
	for i := range len(host) {
		if host[i] >= 0x80 {
			return idna.Lookup.ToASCII(host)
		}
	}
	return strings.ToLower(host), nil
}

// isDomainName reports whether name has the form of RFC 1123, with underscores,
// which name servers serve.
func isDomainName(name string) bool {
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// portOf returns the port that a URL is dialled at: its own, or its scheme's.
func portOf(u *url.URL) (uint16, error) {
	switch {
	case u.Port() != "":
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		return uint16(port), err
	case u.Scheme == "http":
		return 80, nil
	}
	return 443, nil
}
