package webhook

import (
	"net/netip"
	"strings"
	"testing"

	"code.dny.dev/ssrf"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEveryRefusalHasASentenceOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]Refusal{}
	for _, c := range hostile() {
		sentence := c.want.Sentence()
		if sentence == Refusal("").Sentence() {
			t.Errorf("%s has no sentence", c.want)
		}
		if other, ok := seen[sentence]; ok && other != c.want {
			t.Errorf("%s and %s have the same sentence", c.want, other)
		}
		seen[sentence] = c.want
	}
	// The table of hostile URLs meets every refusal that there is.
	if len(seen) != 32 {
		t.Errorf("%d refusals were met, want 32", len(seen))
	}
}

func TestARefusalShowsTheHostAndNotTheRestOfTheURL(t *testing.T) {
	t.Parallel()
	_, err := NewGuard(GuardOptions{}).ParseURL("https://10.0.0.1/hook?token=hunter2")
	if err == nil || !strings.Contains(err.Error(), "10.0.0.1") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
	_, err = NewGuard(GuardOptions{}).ParseURL("https://user:hunter2@example.com/")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

// What the registries call special is refused, whether or not it has a name of
// ours; a mapped address is judged as the IPv4 one that is dialled.
func TestNoAddressPassesThatTheRegistriesCallSpecial(t *testing.T) {
	t.Parallel()
	guard, registries := NewGuard(GuardOptions{}), ssrf.New(ssrf.WithAnyPort())
	special := append(append([]netip.Prefix{}, ssrf.IPv4DeniedPrefixes...), ssrf.IPv6DeniedPrefixes...)
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom(special).Draw(t, "prefix")
		b := prefix.Addr().AsSlice()
		noise := rapid.SliceOfN(rapid.Byte(), len(b), len(b)).Draw(t, "host")
		for i := range b {
			kept := min(max(prefix.Bits()-8*i, 0), 8)
			b[i] |= noise[i] & byte(0xff>>kept)
		}
		addr, _ := netip.AddrFromSlice(b)
		if !prefix.Contains(addr) || guard.CheckAddr(addr) == nil {
			t.Fatalf("%s of %s may be dialled", addr, prefix)
		}
		if addr.Is4() && guard.CheckAddr(netip.AddrFrom16(addr.As16())) == nil {
			t.Fatalf("%s may be dialled as a mapped address", addr)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		b := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "addr"))
		addr := netip.AddrFrom16(b)
		if !addr.Is4In6() && registries.SafeAddr(addr) != nil && guard.CheckAddr(addr) == nil {
			t.Fatalf("%s may be dialled", addr)
		}
	})
}

func TestAllowingNAT64DoesNotAllowWhatIsPrivateBehindIt(t *testing.T) {
	t.Parallel()
	guard := NewGuard(GuardOptions{AllowedRanges: []netip.Prefix{ssrf.IPv6NAT64Prefix}})
	for address, want := range map[string]Refusal{
		"64:ff9b::8.8.8.8":         "",
		"64:ff9b::127.0.0.1":       RefusedLoopback,
		"64:ff9b::10.0.0.1":        RefusedPrivate,
		"64:ff9b::169.254.169.254": RefusedMetadata,
	} {
		err := guard.Control("tcp6", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil)
		if got := refusalOf(err); got != want {
			t.Errorf("%s: refusal %q, want %q", address, got, want)
		}
	}
}

func TestControlJudgesWhatIsDialled(t *testing.T) {
	t.Parallel()
	guard := NewGuard(GuardOptions{Ports: []uint16{443}})
	for name, c := range map[string]struct {
		network, address string
		want             Refusal
	}{
		"a public address":             {"tcp4", "8.8.8.8:443", ""},
		"a public IPv6 address":        {"tcp6", "[2606:4700:4700::1111]:443", ""},
		"a private address":            {"tcp4", "192.168.0.1:443", RefusedPrivate},
		"a link-local one with a zone": {"tcp6", "[fe80::1%eth0]:443", RefusedLinkLocal},
		"a port that is not allowed":   {"tcp4", "8.8.8.8:25", RefusedPort},
		"a name, which is never given": {"tcp4", "example.com:443", RefusedHost},
		"another protocol":             {"udp4", "8.8.8.8:443", RefusedSpecialPurpose},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := guard.Control(c.network, c.address, nil)
			if got := refusalOf(err); got != c.want || (err == nil) != (c.want == "") {
				t.Errorf("refusal %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func TestAllowListsAreReadAsOperatorsWriteThem(t *testing.T) {
	t.Parallel()
	got, err := ParseRanges(" 10.1.0.0/16, fd12::/48,192.168.7.9 , ::1")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range got {
		texts = append(texts, p.String())
	}
	if diff := cmp.Diff([]string{"10.1.0.0/16", "fd12::/48", "192.168.7.9/32", "::1/128"}, texts); diff != "" {
		t.Error(diff)
	}
	if none, err := ParseRanges("  "); err != nil || none != nil {
		t.Errorf("blanks became %v, %v", none, err)
	}
	for text, want := range map[string]string{
		"10.1.0.0/16,":     `range 2 of the allow-list, "", is not written like 10.1.0.0/16 or fd12::/48`,
		"localhost":        `range 1 of the allow-list, "localhost", is not written like 10.1.0.0/16 or fd12::/48`,
		"10.1.2.3/16":      `range 1 of the allow-list, 10.1.2.3/16, has bits beyond its length; is 10.1.0.0/16 meant?`,
		"::ffff:10.0.0./8": `range 1 of the allow-list, "::ffff:10.0.0./8", is not written like 10.1.0.0/16 or fd12::/48`,
	} {
		if _, err := ParseRanges(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
