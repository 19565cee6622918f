package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// words makes invented firms, people, places and numbers.
type words struct {
	*rand.Rand
	upper bool // everything that is filled in stands in capitals
}

func (w words) pick(from ...string) string { return from[w.IntN(len(from))] }

// chance is true in one of n cases.
func (w words) chance(n int) bool { return w.IntN(n) == 0 }

func (w words) cased(s string) string {
	if w.upper {
		return strings.ToUpper(s)
	}
	return s
}

func (w words) root() string {
	return w.pick("Alder", "Basalt", "Birchwood", "Blue Heron", "Bramble", "Cedar Fork", "Copperline", "Dunmore", "Eastbank", "Fairlight",
		"Foxglove", "Granite Bay", "Harrow", "Ironbridge", "Juniper", "Kestrel", "Larkfield", "Lowland", "Marlowe", "Millrace", "Northwind",
		"Oakhollow", "Osprey", "Palisade", "Pinecrest", "Quarry Hill", "Redstart", "Saltmarsh", "Sandpiper", "Stonegate", "Tamarack", "Thistle",
		"Twin Rivers", "Umber", "Vantage Point", "Wexley", "Whitfield", "Windrow", "Yarrow", "Zephyr")
}

func (w words) firm() string {
	if w.chance(9) {
		return w.person()
	}
	trade := w.pick("Builders", "Roofing", "Electric", "Plumbing & Heating", "Landscaping", "Concrete", "Painting", "Masonry", "Excavating",
		"HVAC Services", "Flooring", "Fire Protection", "Glass & Glazing", "Carpentry", "Steel Erectors", "Waterproofing", "Tile and Stone", "Property Services")
	name := w.root() + " " + trade
	if w.chance(6) {
		name = w.root() + " & " + w.root() + " " + trade
	}
	return name + w.pick(" LLC", ", LLC", " Inc", ", Inc.", " Corp.", " Co.", "", " LP", " Ltd")
}

func (w words) person() string {
	return w.pick("Ada", "Boris", "Carmen", "Desmond", "Elena", "Farid", "Greta", "Hollis", "Imani", "Jonas", "Keiko", "Lionel", "Mireille", "Nadia", "Otis", "Priya") + " " +
		w.pick("", "", "", "A. ", "J. ", "M. ") + w.pick("Abernathy", "Bauer", "Castellan", "Dumont", "Eklund", "Farrow", "Grimaldi", "Hathersage", "Ibarra", "Jankowski", "Kowalczyk", "Lindqvist", "Moravec", "Nakagawa", "O'Dell", "Pellegrino", "Quist", "Rademaker", "Szabo", "Tremblay")
}

func (w words) agency() string {
	return w.root() + w.pick(" Insurance Agency", " Insurance Services, Inc.", " Risk Partners", " & Associates Insurance", " Insurance Brokers LLC", " Assurance Group", " Insurance Agency, Inc")
}

func (w words) carrier() string {
	return w.root() + w.pick(" Mutual Insurance Company", " Casualty Company", " Indemnity Company", " Specialty Insurance Company", " Fire & Marine Insurance Co", " Assurance Corporation", " National Insurance Company", " Surplus Lines Insurance Co.", " Insurance Exchange")
}

func (w words) owner() string {
	return w.root() + w.pick(" Property Management LLC", " Development Group Inc", " Homes", " Construction Company", " School District", " Apartments, L.P.", " Hospitality Corp.", " Logistics Center LLC", " County", " Retail Partners LLC")
}

func (w words) address() string {
	parts := []string{fmt.Sprintf("%d %s %s", 10+w.IntN(9900), w.pick("Alder", "Bridge", "Canal", "Depot", "Elm", "Foundry", "Grove", "Harbor", "Juniper", "Lakeview", "Mill", "N Main", "SW 14th", "Orchard", "Quarry", "Ridge", "Station", "Water"),
		w.pick("St", "Street", "Ave", "Avenue", "Blvd", "Road", "Rd", "Lane", "Way", "Dr", "Pkwy"))}
	if w.chance(8) {
		parts[0] = fmt.Sprintf("P.O. Box %d", 100+w.IntN(9000))
	}
	if w.chance(4) {
		parts = append(parts, w.pick("Suite", "Ste", "Unit", "Floor")+" "+fmt.Sprint(1+w.IntN(900)))
	}
	zip := fmt.Sprintf("%05d", 10000+w.IntN(89999))
	if w.chance(6) {
		zip += fmt.Sprintf("-%04d", w.IntN(10000))
	}
	parts = append(parts, w.pick("Millbrook", "Eastport", "Larkspur", "Cedar Falls", "Granville", "Stillwater", "Ashford", "Point Harlow", "Westmere", "New Carrick", "Fort Dunlin", "St. Clement"),
		w.pick("OR", "WA", "CA", "TX", "OH", "PA", "NY", "FL", "GA", "TN", "CO", "IL", "MN", "NC", "AZ")+" "+zip)
	return strings.Join(parts, ", ")
}

func (w words) phone() string {
	return fmt.Sprintf(w.pick("(%03d) 555-%04d", "%03d-555-%04d", "%03d.555.%04d"), 201+w.IntN(780), w.IntN(10000))
}

func (w words) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + w.IntN(10)))
	}
	return b.String()
}

// policyNumber makes a number in one of the shapes that carriers use, with the line of business in it or not.
func (w words) policyNumber(line string) string {
	switch w.IntN(8) {
	case 0:
		return line + "-" + w.digits(7)
	case 1:
		return line + w.digits(8)
	case 2:
		return line + " " + w.digits(7) + " " + w.digits(2)
	case 3:
		return w.digits(10)
	case 4:
		return w.pick("TX", "KR", "NS", "BW", "PH") + w.digits(5) + "-" + w.digits(2)
	case 5:
		return w.digits(1) + line + " " + w.digits(6) + w.pick("A", "C", "K")
	case 6:
		return w.pick("CPP", "PKG", "ABC", "MPX") + w.digits(4) + "-" + w.digits(4) + "-" + w.digits(2)
	}
	return w.pick("Q", "Z", "D") + w.digits(2) + "-" + w.digits(7)
}
