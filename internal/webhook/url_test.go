package webhook

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// hostile are URLs that must not be saved, each with the name of its refusal.
func hostile() []struct {
	url  string
	want Refusal
} {
	return []struct {
		url  string
		want Refusal
	}{
		// Form.
		{"", RefusedMalformed},
		{"example.com/hook", RefusedMalformed},
		{"//example.com/hook", RefusedMalformed},
		{"https:example.com", RefusedMalformed},
		{"https:/example.com", RefusedMalformed},
		{"https:\\\\example.com", RefusedMalformed},
		{"https://example.com\\@127.0.0.1/", RefusedMalformed},
		{" https://example.com", RefusedMalformed},
		{"https://example.com/a b", RefusedMalformed},
		{"https://example.com/\r\nHost: 10.0.0.1", RefusedMalformed},
		{"https://example.com\t/", RefusedMalformed},
		{"https://example.com/\x00", RefusedMalformed},
		{"https://exam\xffple.com/", RefusedMalformed},
		{"https://[::1", RefusedMalformed},
		{"https://::1/", RefusedMalformed},
		{"https://example.com:port/", RefusedMalformed},
		{"https://example.com/" + strings.Repeat("a", 2048), RefusedTooLong},
		{"http://example.com/", RefusedScheme},
		{"HTTP://example.com/", RefusedScheme},
		{"ftp://example.com/", RefusedScheme},
		{"file:///etc/passwd", RefusedScheme},
		{"gopher://127.0.0.1:6379/_PING", RefusedScheme},
		{"javascript:alert(1)", RefusedScheme},
		{"data:text/plain,x", RefusedScheme},
		{"ws://example.com/", RefusedScheme},
		{"https://user@example.com/", RefusedUserInfo},
		{"https://user:password@example.com/", RefusedUserInfo},
		{"https://@example.com/", RefusedUserInfo},
		{"https://example.com@127.0.0.1/", RefusedUserInfo},
		{"https://example.com:443@10.0.0.1/", RefusedUserInfo},
		{"https://example.com/#top", RefusedFragment},
		{"https://example.com/#", RefusedFragment},
		{"https://example.com#@127.0.0.1/", RefusedFragment},
		{"https://example.com:0/", RefusedPort},
		{"https://example.com:65536/", RefusedPort},
		{"https://example.com:99999999999999999999/", RefusedPort},
		{"https:///hook", RefusedHost},
		{"https://?x", RefusedHost},
		{"https://./", RefusedHost},
		{"https://a..b/", RefusedHost},
		{"https://-a.example/", RefusedHost},
		{"https://exa!mple.com/", RefusedHost},
		{"https://" + strings.Repeat("a", 64) + ".example/", RefusedHost},
		{"https://" + strings.Repeat("a.", 127) + "example/", RefusedHost},
		{"https://[example.com]/", RefusedMalformed},
		{"https://[127.0.0.1]/", RefusedMalformed},
		{"https://[v1.fe80]/", RefusedMalformed},
		{"https://xn--a\u2044b.example/", RefusedHost},
		{"https://%31%32%37.0.0.1/", RefusedPercentHost},
		{"https://127%2e0%2e0%2e1/", RefusedPercentHost},
		{"https://localhost%00.example.com/", RefusedPercentHost},
		{"https://%E2%91%A0.0.0.1/", RefusedPercentHost},

		// Loopback and its notations.
		{"https://localhost/", RefusedLoopback},
		{"https://LOCALHOST:8443/", RefusedLoopback},
		{"https://localhost./", RefusedLoopback},
		{"https://api.localhost/", RefusedLoopback},
		{"https://127.0.0.1/", RefusedLoopback},
		{"https://127.0.0.1:8443/", RefusedLoopback},
		{"https://127.0.0.1./", RefusedLoopback},
		{"https://127.255.255.254/", RefusedLoopback},
		{"https://127.1/", RefusedLoopback},
		{"https://127.0.1/", RefusedLoopback},
		{"https://2130706433/", RefusedLoopback},
		{"https://0x7f000001/", RefusedLoopback},
		{"https://0X7F000001/", RefusedLoopback},
		{"https://0x7f.1/", RefusedLoopback},
		{"https://0x7f.0x0.0x0.0x1/", RefusedLoopback},
		{"https://017700000001/", RefusedLoopback},
		{"https://0177.0.0.01/", RefusedLoopback},
		{"https://127.0.0.0x1/", RefusedLoopback},
		{"https://１２７.0.0.1/", RefusedLoopback},
		{"https://①②⑦.⓪.⓪.①/", RefusedLoopback},
		{"https://127。0。0。1/", RefusedLoopback},
		{"https://127.0.0.1\u00ad/", RefusedLoopback},
		{"https://ｌｏｃａｌｈｏｓｔ/", RefusedLoopback},
		{"https://[::1]/", RefusedLoopback},
		{"https://[0:0:0:0:0:0:0:1]:8443/", RefusedLoopback},
		{"https://[0000:0000:0000:0000:0000:0000:0000:0001]/", RefusedLoopback},

		// Everything else that is not the public internet.
		{"https://0.0.0.0/", RefusedUnspecified},
		{"https://0/", RefusedUnspecified},
		{"https://0x/", RefusedUnspecified},
		{"https://[::]/", RefusedUnspecified},
		{"https://0.1.2.3/", RefusedThisNetwork},
		{"https://10.0.0.1/", RefusedPrivate},
		{"https://10.255.255.255/", RefusedPrivate},
		{"https://167772161/", RefusedPrivate},
		{"https://012.0.0.1/", RefusedPrivate},
		{"https://172.16.0.1/", RefusedPrivate},
		{"https://172.31.255.255/", RefusedPrivate},
		{"https://192.168.1.1/", RefusedPrivate},
		{"https://192.168.257/", RefusedPrivate},
		{"https://0xc0a80101/", RefusedPrivate},
		{"https://100.64.0.1/", RefusedShared},
		{"https://100.127.255.255/", RefusedShared},
		{"https://169.254.1.1/", RefusedLinkLocal},
		{"https://[fe80::1]/", RefusedLinkLocal},
		{"https://[febf:ffff::1]/", RefusedLinkLocal},
		{"https://[fe80::1%25eth0]/", RefusedZone},
		{"https://[fe80::1%eth0]/", RefusedZone},
		{"https://[2606:4700::1111%251]/", RefusedZone},
		{"https://169.254.169.254/latest/meta-data/", RefusedMetadata},
		{"https://2852039166/", RefusedMetadata},
		{"https://0xa9fea9fe/", RefusedMetadata},
		{"https://0251.0376.0251.0376/", RefusedMetadata},
		{"https://169.254.43518/", RefusedMetadata},
		{"https://169.254.170.2/v2/credentials", RefusedMetadata},
		{"https://100.100.100.200/", RefusedMetadata},
		{"https://192.0.0.192/", RefusedMetadata},
		{"https://168.63.129.16/", RefusedMetadata},
		{"https://[fd00:ec2::254]/", RefusedMetadata},
		{"https://[fd20:ce::254]/", RefusedMetadata},
		{"https://[fc00::1]/", RefusedUniqueLocal},
		{"https://[fd12:3456:789a::1]/", RefusedUniqueLocal},
		{"https://[fec0::1]/", RefusedSiteLocal},
		{"https://192.0.2.1/", RefusedDocumentation},
		{"https://198.51.100.1/", RefusedDocumentation},
		{"https://203.0.113.1/", RefusedDocumentation},
		{"https://[2001:db8::1]/", RefusedDocumentation},
		{"https://[3fff::1]/", RefusedDocumentation},
		{"https://198.18.0.1/", RefusedBenchmarking},
		{"https://224.0.0.1/", RefusedMulticast},
		{"https://239.255.255.250/", RefusedMulticast},
		{"https://[ff02::1]/", RefusedMulticast},
		{"https://255.255.255.255/", RefusedBroadcast},
		{"https://4294967295/", RefusedBroadcast},
		{"https://240.0.0.1/", RefusedReserved},
		{"https://192.0.0.1/", RefusedSpecialPurpose},
		{"https://192.175.48.1/", RefusedSpecialPurpose},
		{"https://[2620:4f:8000::1]/", RefusedSpecialPurpose},
		{"https://[2001:10::1]/", RefusedSpecialPurpose},
		{"https://[4000::1]/", RefusedSpecialPurpose},
		{"https://[5f00::1]/", RefusedSpecialPurpose},

		// IPv4 within IPv6.
		{"https://[::ffff:127.0.0.1]/", RefusedIPv4Mapped},
		{"https://[::ffff:7f00:1]/", RefusedIPv4Mapped},
		{"https://[0:0:0:0:0:ffff:a9fe:a9fe]/", RefusedIPv4Mapped},
		{"https://[::ffff:8.8.8.8]/", RefusedIPv4Mapped},
		{"https://[::127.0.0.1]/", RefusedIPv4Compatible},
		{"https://[::a9fe:a9fe]/", RefusedIPv4Compatible},
		{"https://[::ffff:0:127.0.0.1]/", RefusedIPv4Translated},
		{"https://[64:ff9b::127.0.0.1]/", RefusedNAT64},
		{"https://[64:ff9b::a9fe:a9fe]/", RefusedNAT64},
		{"https://[64:ff9b:1::10.0.0.1]/", RefusedNAT64},
		{"https://[2002:7f00:1::]/", Refused6to4},
		{"https://[2002:a00:1::1]/", Refused6to4},
		{"https://192.88.99.1/", Refused6to4},
		{"https://[2001:0:7f00:1::]/", RefusedTeredo},
		{"https://[2001::1]/", RefusedTeredo},
		{"https://[100::1]/", RefusedDiscard},

		// Numbers that are no address, and public addresses in disguise.
		{"https://1.2.3.4.5/", RefusedAddressNotation},
		{"https://256.0.0.1/", RefusedAddressNotation},
		{"https://1.2.3.256/", RefusedAddressNotation},
		{"https://4294967296/", RefusedAddressNotation},
		{"https://099.1.1.1/", RefusedAddressNotation},
		{"https://example.0x1/", RefusedAddressNotation},
		{"https://example.com.1/", RefusedAddressNotation},
		{"https://134744072/", RefusedAddressNotation},
		{"https://0x08080808/", RefusedAddressNotation},
		{"https://8.8.2056/", RefusedAddressNotation},
		{"https://8.8.8.8./", RefusedAddressNotation},
		{"https://８.8.8.8/", RefusedAddressNotation},
	}
}

func TestHostileURLsAreRefusedEachByName(t *testing.T) {
	t.Parallel()
	guard := NewGuard(GuardOptions{})
	cases := hostile()
	if len(cases) < 60 {
		t.Fatalf("%d URLs; at least 60 are promised", len(cases))
	}
	for _, c := range cases {
		u, err := guard.ParseURL(c.url)
		var refusal *RefusedError
		if !errors.As(err, &refusal) {
			t.Errorf("%.80q became %v, error %v; want %s", c.url, u, err, c.want)
			continue
		}
		if refusal.Refusal != c.want {
			t.Errorf("%.80q is refused as %s (%v), want %s", c.url, refusal.Refusal, err, c.want)
		}
	}
}

func TestOrdinaryURLsMayBeSaved(t *testing.T) {
	t.Parallel()
	guard := NewGuard(GuardOptions{})
	for url, want := range map[string]string{
		"https://example.com":                        "https://example.com",
		"HTTPS://Example.COM/Hook?Key=1":             "https://example.com/Hook?Key=1",
		"https://example.com:8443/a/b?c=d%20e":       "https://example.com:8443/a/b?c=d%20e",
		"https://example.com:0443/":                  "https://example.com:443/",
		"https://no-such-name.invalid/":              "https://no-such-name.invalid/",
		"https://a_b.example.com./":                  "https://a_b.example.com./",
		"https://bücher.example/":                    "https://xn--bcher-kva.example/",
		"https://ｅｘａｍｐｌｅ.com/":                       "https://example.com/",
		"https://xn--bcher-kva.example/":             "https://xn--bcher-kva.example/",
		"https://8.8.8.8/":                           "https://8.8.8.8/",
		"https://[2606:4700:4700::1111]:8443/x":      "https://[2606:4700:4700::1111]:8443/x",
		"https://[2606:4700:4700:0:0:0:0:1111]/":     "https://[2606:4700:4700::1111]/",
		"https://127.0.0.1.nip.io/":                  "https://127.0.0.1.nip.io/",
		"https://1password.example/":                 "https://1password.example/",
		"https://metadata.google.internal/":          "https://metadata.google.internal/",
		"https://example.com/@user":                  "https://example.com/@user",
		"https://example.com/?u=http://a:b@10.0.0.1": "https://example.com/?u=http://a:b@10.0.0.1",
		"https://example.com/%2e%2e/x":               "https://example.com/%2e%2e/x",
	} {
		got, err := guard.ParseURL(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
		} else if got.String() != want {
			t.Errorf("%s became %s, want %s", url, got, want)
		}
	}
}

func TestAnOperatorMayRelaxAndTighten(t *testing.T) {
	t.Parallel()
	development := GuardOptions{AllowHTTP: true, AllowedRanges: LoopbackRanges()}
	corporate := GuardOptions{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd12::/48")}}
	ports := GuardOptions{Ports: []uint16{443, 8443}}
	for name, c := range map[string]struct {
		options GuardOptions
		url     string
		want    Refusal
	}{
		"development sends to loopback by http":            {development, "http://127.0.0.1:4000/", ""},
		"development sends to IPv6 loopback":               {development, "http://[::1]:4000/", ""},
		"development sends to localhost":                   {development, "http://localhost:4000/", ""},
		"development sends to no private network":          {development, "http://10.0.0.1/", RefusedPrivate},
		"development sends to no metadata service":         {development, "http://169.254.169.254/", RefusedMetadata},
		"development takes no loopback in disguise":        {development, "http://2130706433/", RefusedAddressNotation},
		"development takes no mapped loopback":             {development, "http://[::ffff:127.0.0.1]/", RefusedIPv4Mapped},
		"an allowed range may be sent to":                  {corporate, "https://10.1.2.3/", ""},
		"an allowed IPv6 range may be sent to":             {corporate, "https://[fd12::5]/", ""},
		"the address beside an allowed range may not":      {corporate, "https://10.2.0.1/", RefusedPrivate},
		"allowing a range does not allow http":             {corporate, "http://10.1.2.3/", RefusedScheme},
		"allowing other ranges does not allow loopback":    {corporate, "https://127.0.0.1/", RefusedLoopback},
		"a port of the list may be sent to":                {ports, "https://example.com:8443/", ""},
		"the scheme's own port may be, if it is listed":    {ports, "https://example.com/", ""},
		"a port that is not listed may not":                {ports, "https://example.com:25/", RefusedPort},
		"a port that is not listed may not, written oddly": {ports, "https://example.com:0025/", RefusedPort},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewGuard(c.options).ParseURL(c.url)
			if got := refusalOf(err); got != c.want {
				t.Errorf("%s: refusal %q (%v), want %q", c.url, got, err, c.want)
			}
		})
	}
}

func refusalOf(err error) Refusal {
	var refusal *RefusedError
	if errors.As(err, &refusal) {
		return refusal.Refusal
	}
	return ""
}
