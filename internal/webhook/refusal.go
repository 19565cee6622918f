package webhook

import "fmt"

// Refusal names why a URL or an address is refused. Metrics, logs, answers and
// tests use the same name.
type Refusal string

// What is refused about a URL as it is written.
const (
	RefusedTooLong         Refusal = "url_too_long"
	RefusedMalformed       Refusal = "malformed_url"
	RefusedScheme          Refusal = "scheme"
	RefusedUserInfo        Refusal = "user_info"
	RefusedFragment        Refusal = "fragment"
	RefusedHost            Refusal = "malformed_host"
	RefusedPercentHost     Refusal = "percent_encoded_host"
	RefusedPort            Refusal = "port"
	RefusedAddressNotation Refusal = "address_notation"
	RefusedZone            Refusal = "zone_id"
)

// What is refused about an address, whether it was written in the URL or is
// what a name resolved to.
const (
	RefusedUnspecified    Refusal = "unspecified"
	RefusedThisNetwork    Refusal = "this_network"
	RefusedLoopback       Refusal = "loopback"
	RefusedPrivate        Refusal = "private"
	RefusedShared         Refusal = "shared"
	RefusedLinkLocal      Refusal = "link_local"
	RefusedMetadata       Refusal = "metadata"
	RefusedUniqueLocal    Refusal = "unique_local"
	RefusedSiteLocal      Refusal = "site_local"
	RefusedDocumentation  Refusal = "documentation"
	RefusedBenchmarking   Refusal = "benchmarking"
	RefusedMulticast      Refusal = "multicast"
	RefusedBroadcast      Refusal = "broadcast"
	RefusedReserved       Refusal = "reserved"
	RefusedIPv4Mapped     Refusal = "ipv4_mapped"
	RefusedIPv4Compatible Refusal = "ipv4_compatible"
	RefusedIPv4Translated Refusal = "ipv4_translated"
	RefusedNAT64          Refusal = "nat64"
	Refused6to4           Refusal = "6to4"
	RefusedTeredo         Refusal = "teredo"
	RefusedDiscard        Refusal = "discard_only"
	RefusedSpecialPurpose Refusal = "special_purpose"
)

// Sentence says for people what is wrong, as the end of "The URL is refused: ".
func (r Refusal) Sentence() string {
	switch r {
	case RefusedTooLong:
		return fmt.Sprintf("it is longer than %d bytes", maxURLLength)
	case RefusedMalformed:
		return "it cannot be read as a URL"
	case RefusedScheme:
		return "its scheme must be https"
	case RefusedUserInfo:
		return "it must not hold a user name or password"
	case RefusedFragment:
		return "it must not hold a fragment (#)"
	case RefusedHost:
		return "its host is neither a domain name nor an address"
	case RefusedPercentHost:
		return "its host must not be percent-encoded"
	case RefusedPort:
		return "its port is not one that webhooks may be sent to"
	case RefusedAddressNotation:
		return "an address must be written as four decimal numbers, or as IPv6 in brackets"
	case RefusedZone:
		return "an address must not name a zone"
	case RefusedUnspecified:
		return "the address is the unspecified one"
	case RefusedThisNetwork:
		return "the address means the sender's own network (0.0.0.0/8)"
	case RefusedLoopback:
		return "the address is a loopback one"
	case RefusedPrivate:
		return "the address belongs to a private network"
	case RefusedShared:
		return "the address belongs to a carrier's shared network (100.64.0.0/10)"
	case RefusedLinkLocal:
		return "the address is link-local"
	case RefusedMetadata:
		return "the address is that of a cloud's metadata service"
	case RefusedUniqueLocal:
		return "the address is a unique local one (fc00::/7)"
	case RefusedSiteLocal:
		return "the address is a site-local one (fec0::/10)"
	case RefusedDocumentation:
		return "the address is reserved for documentation"
	case RefusedBenchmarking:
		return "the address is reserved for benchmarks (198.18.0.0/15)"
	case RefusedMulticast:
		return "the address is a multicast one"
	case RefusedBroadcast:
		return "the address is the broadcast one"
	case RefusedReserved:
		return "the address is reserved (240.0.0.0/4)"
	case RefusedIPv4Mapped:
		return "the address is an IPv4 one mapped into IPv6"
	case RefusedIPv4Compatible:
		return "the address is an IPv4-compatible IPv6 one (::/96)"
	case RefusedIPv4Translated:
		return "the address is an IPv4-translated IPv6 one (::ffff:0:0:0/96)"
	case RefusedNAT64:
		return "the address is an IPv4 one behind NAT64"
	case Refused6to4:
		return "the address is an IPv4 one behind 6to4 (2002::/16)"
	case RefusedTeredo:
		return "the address is an IPv4 one behind Teredo (2001::/32)"
	case RefusedDiscard:
		return "whatever is sent to the address is discarded (100::/64)"
	case RefusedSpecialPurpose:
		return "the address does not belong to the public internet"
	}
	return "it is refused"
}

// RefusedError says that a URL must not be saved or an address not be dialled.
type RefusedError struct {
	Refusal Refusal
	// Subject is the scheme, host, port or address that is refused, cut to a
	// length that can be shown; empty where the whole URL is.
	Subject string
}

// Error is a sentence for people, without the rest of the URL, whose query may
// hold a secret.
func (e *RefusedError) Error() string {
	if e.Subject == "" {
		return e.Refusal.Sentence()
	}
	return fmt.Sprintf("%s: %s", e.Refusal.Sentence(), e.Subject)
}

func refused(r Refusal, subject string) *RefusedError {
	const shown = 100
	if len(subject) > shown {
		subject = subject[:shown] + "…"
	}
	return &RefusedError{Refusal: r, Subject: subject}
}
