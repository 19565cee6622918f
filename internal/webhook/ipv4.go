package webhook

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// parseIPv4 reads a host the way that browsers and the C library do: one to
// four numbers, decimal, octal (0…) or hexadecimal (0x…), of which the last
// fills the bytes that are left. isNumber says that the host ends in a number
// and so can be no domain name, whether or not it is an address.
func parseIPv4(host string) (addr netip.Addr, isNumber, ok bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if !isNumeral(parts[len(parts)-1]) {
		return netip.Addr{}, false, false
	}
	if len(parts) > 4 {
		return netip.Addr{}, true, false
	}
	var sum uint64
	for i, part := range parts {
		n, ok := parseNumeral(part)
		if !ok {
			return netip.Addr{}, true, false
		}
		if last := i == len(parts)-1; last {
			if n >= 1<<(8*(4-i)) {
				return netip.Addr{}, true, false
			}
			sum += n
		} else {
			if n > 255 {
				return netip.Addr{}, true, false
			}
			sum += n << (8 * (3 - i))
		}
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(sum))
	return netip.AddrFrom4(b), true, true
}

// isNumeral reports whether a label is all digits, or 0x and hexadecimal ones.
func isNumeral(label string) bool {
	digits := "0123456789"
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		label, digits = hex, "0123456789abcdef"
	} else if label == "" {
		return false
	}
	return strings.Trim(label, digits) == ""
}

// parseNumeral reads a number of an IPv4 address; a bare 0x is zero.
func parseNumeral(label string) (uint64, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		label, base = hex, 16
	} else if len(label) > 1 && label[0] == '0' {
		base = 8
	} else if label == "" {
		return 0, false
	}
	if base == 16 && label == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(label, base, 64)
	return n, err == nil && n <= 1<<32-1
}
