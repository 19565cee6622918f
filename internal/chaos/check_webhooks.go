package chaos

import (
	"encoding/json"
	"maps"
	"slices"
)

// deliveries: each verdict has one event and each job one; each event was delivered once to the account's endpoint, with every attempt
// written down.
func (c *checker) deliveries() {
	for _, row := range c.Certificates {
		if !row.Finished {
			continue
		}
		c.oneEvent(row.ID, "certificate."+row.Status)
	}
	for _, j := range c.Jobs {
		c.oneEvent(j.ID, "job.completed")
	}
	of := map[string][]*Delivery{}
	for i := range c.Deliveries {
		d := &c.Deliveries[i]
		of[d.Event] = append(of[d.Event], d)
		if d.Status != "succeeded" {
			c.wrong("undelivered", d.ID, "the delivery is %s after %d attempts", d.Status, d.Attempts)
		}
		if d.Attempts != d.Recorded {
			c.wrong("undelivered", d.ID, "it counts %d attempts and %d are written down", d.Attempts, d.Recorded)
		}
	}
	for _, e := range c.Events {
		if !slices.Contains(wantedEvents(), e.Type) {
			continue
		}
		if got := of[e.ID]; len(got) != 1 {
			c.wrong("not one delivery", e.ID, "%s of %s has %d deliveries", e.Type, e.Object, len(got))
		}
	}
	c.count(len(c.Events), "events")
	c.count(len(c.Deliveries), "deliveries")
}

// oneEvent: of the events that endpoints want an object has this one, once.
func (c *checker) oneEvent(object, kind string) {
	var types []string
	for _, e := range c.events[object] {
		if slices.Contains(wantedEvents(), e.Type) {
			types = append(types, e.Type)
		}
	}
	if !slices.Equal(types, []string{kind}) {
		c.wrong("not one event", object, "its events are %q and should be one %s", types, kind)
	}
}

// webhooks: each event of each verdict came in at least once and was taken, under its one id, signed, and saying what is so.
func (c *checker) webhooks() {
	known := map[string]*Event{}
	for i := range c.Events {
		known[c.Events[i].ID] = &c.Events[i]
	}
	taken := map[string]bool{}
	told := map[string]map[string]bool{} // event ids by object and type
	for _, a := range c.Arrivals {
		var body struct {
			ID, Type string
			Data     struct {
				Object struct{ ID, Status, Filename string }
			}
		}
		id := a.Header["webhook-id"]
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil || body.ID != id {
			c.wrong("webhook", id, "its body is of %q: %v", body.ID, err)
			continue
		}
		at := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.Path == a.Path })
		e := known[id]
		if at < 0 || e == nil || e.Account != c.Endpoints[at].Account {
			c.wrong("webhook", id, "there is no such event of the account of %s", a.Path)
			continue
		}
		if err := verify(a, c.Endpoints[at].Secret); err != nil {
			c.wrong("signature", id, "%v", err)
		}
		object := body.Data.Object
		if body.Type != e.Type || object.ID != e.Object {
			c.wrong("webhook", id, "it says %s of %s and the event is %s of %s", body.Type, object.ID, e.Type, e.Object)
		}
		if row := c.byID[object.ID]; row != nil && (row.Status != object.Status || row.Filename != object.Filename) {
			c.wrong("webhook", id, "it says that %s is %s and it is %s", object.ID, object.Status, row.Status)
		}
		about := object.ID + " " + body.Type
		if told[about] == nil {
			told[about] = map[string]bool{}
		}
		told[about][id] = true
		taken[id] = taken[id] || a.Answered/100 == 2
	}
	for about, events := range told {
		if len(events) > 1 {
			c.wrong("two event ids", about, "it was told under %q", slices.Sorted(maps.Keys(events)))
		}
	}
	for _, e := range c.Events {
		if slices.Contains(wantedEvents(), e.Type) && !taken[e.ID] {
			c.wrong("not told", e.ID, "%s of %s never came in", e.Type, e.Object)
		}
	}
	c.count(len(c.Arrivals), "webhooks, each with both signatures")
	c.count(len(taken), "events told")
}
