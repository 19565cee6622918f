package grounding

import (
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// text grounds a text by its words.
func (g *ground) text(path string, field certificate.Field, want string) found {
	folded := Fold(want)
	if folded == "" {
		return none()
	}
	top, _, _ := strings.Cut(path, ".")
	switch {
	case field.Name == "policy_number_string":
		return g.policyNumber(path, folded)
	case field.Name == "insurer_letter":
		return g.letterInRow(path, folded)
	case field.Name == "insurer_name":
		return g.insurerOfRow(path, folded)
	case top == insurers:
		return g.insurer(path, field.Name, folded)
	case field.Name == "autos" || field.Name == "*" && strings.Contains(field.Path, ".autos."):
		return g.marked(path, want)
	case field.Name == "form":
		return g.marked(path, want)
	case top == "form": // names such as ACORD 25 (2016/03) stand side by side and nowhere else
		return g.words(folded, elsewhere, func(match) bool { return false }).raise(elsewhere, inPlace)
	case top == number:
		return g.words(folded, inPlace, func(m match) bool { return m.sheet.under(m.tokens[0], sectionLabel, number) })
	case top == producer || top == insured || top == holder:
		return g.party(top, field.Name, want, folded)
	case top == description:
		f := g.prose(want, folded).atMost(mentioned)
		if strings.HasPrefix(path, description+".additional_insured_names.") && f.confidence > 0 && f.sheet.denied(f.tokens) {
			return f.atMost(unmarked)
		}
		return f
	}
	return g.words(folded, inPlace, func(m match) bool { // the labels of coverages.other and of its limits
		return m.tokens[0].box[1] < m.sheet.freeText
	})
}

// words grounds a text by all its words where they stand together: with the confidence given where they are in place and whole.
func (g *ground) words(folded string, confidence float64, inPlace func(match) bool) found {
	best := none()
	for _, s := range g.sheets {
		for _, m := range s.phrase(folded) {
			f := found{s, m.tokens, elsewhere}
			if inPlace(m) {
				f.confidence = confidence
				if m.cut {
					f.confidence = mentioned
				}
			}
			best = better(best, f)
		}
	}
	return best
}

// policyNumber grounds a policy's number in its row. One that has no digit, or hardly any character, may be any word.
func (g *ground) policyNumber(path, folded string) found {
	row := rowOf(path)
	f := g.words(folded, inPlace, func(m match) bool {
		at := m.sheet.rowAt(m.tokens[0])
		return at != nil && at.is(rowLabel, row)
	})
	if len(folded) < 4 || !strings.ContainsAny(folded, "0123456789") {
		f = f.atMost(elsewhere)
	}
	return f
}

// letterInRow grounds an insurer's letter: a lone letter at the left of the row, or one after "Insurer".
func (g *ground) letterInRow(path, folded string) found {
	row := rowOf(path)
	best := none()
	contested := false
	for _, s := range g.sheets {
		for _, l := range s.lines {
			for i, t := range l.tokens {
				if len(t.key) != 1 || t.key == "X" {
					continue
				}
				at := s.rowAt(t)
				own := at != nil && at.is(rowLabel, row) &&
					(t.box[2] < at.box[0] && t.box[0] < 0.15*s.width || i > 0 && (company(l.tokens[i-1].key) || l.tokens[i-1].key == "LETTER"))
				if t.key != folded {
					contested = contested || own
					continue
				}
				f := found{s, []*token{t}, unmarked}
				if own {
					f.confidence = inPlace
				}
				best = better(best, f)
			}
		}
	}
	if contested {
		best = best.atMost(elsewhere)
	}
	return best
}

// insurerOfRow grounds the name of a row's insurer: by the letter of the row and the list of insurers, or in the row itself.
func (g *ground) insurerOfRow(path, folded string) found {
	row := rowOf(path)
	if letter, ok := certificate.Lookup(g.c, strings.TrimSuffix(path, "insurer_name")+"insurer_letter"); ok {
		for i, in := range g.c.Insurers {
			if in.Letter != letter || in.Name == nil || Fold(*in.Name) != folded {
				continue
			}
			name := g.insurer("insurers."+itoa(i)+".name", "name", folded)
			return name.atMost(g.letterInRow(path, Fold(in.Letter)).confidence)
		}
	}
	return g.words(folded, inPlace, func(m match) bool {
		at := m.sheet.rowAt(m.tokens[0])
		return at != nil && at.is(rowLabel, row)
	})
}

// insurer grounds a line of the list of insurers: letter, name and NAIC number stand on one line.
func (g *ground) insurer(path, name, folded string) found {
	holder := strings.TrimSuffix(path, "."+name)
	letter, _ := certificate.Lookup(g.c, holder+".letter")
	key, _ := letter.(string)
	key = Fold(key)
	best := none()
	for _, s := range g.sheets {
		for _, m := range s.phrase(folded) {
			f := found{s, m.tokens, elsewhere}
			if name == "letter" {
				f.confidence = unmarked
			}
			if s.begins(m.tokens[0], key, name == "letter") {
				f.confidence = beside
				if m.cut && name != "letter" {
					f.confidence = mentioned
				}
			}
			best = better(best, f)
		}
	}
	return best
}

// begins reports whether the line of a token begins with an insurer's letter: "INSURER A" or "A" before it. own asks the same of
// the letter itself.
func (s *sheet) begins(t *token, letter string, own bool) bool {
	if letter == "" {
		return false
	}
	for _, l := range s.lines {
		if l.box[3] < t.box[1] || l.box[1] > t.box[3] {
			continue
		}
		for i, o := range l.tokens {
			if o.box[0] > t.box[0] || o == t && !own || o.key != letter && (!strings.HasSuffix(o.key, letter) || !company(strings.TrimSuffix(o.key, letter))) {
				continue
			}
			if off := o.middle() - t.middle(); off > 0.75*t.height() || off < -0.75*t.height() {
				continue
			}
			if i == 0 || o.key != letter || company(l.tokens[i-1].key) {
				return true
			}
		}
	}
	return false
}

// company reports whether a word is what stands before the letter of an insurer.
func company(key string) bool { return key == "INSURER" || key == "COMPANY" || key == "CARRIER" }

// party grounds the name or address of a party in the part of the page that is headed with its label.
func (g *ground) party(section, name, want, folded string) found {
	f := g.words(folded, inPlace, func(m match) bool { return m.sheet.under(m.tokens[0], sectionLabel, section) })
	if name == "name" && f.confidence == inPlace && f.sheet.partOfName(f.tokens) {
		f.confidence = mentioned
	}
	if f.confidence == 0 && name == "address" {
		return g.prose(want, folded)
	}
	return f
}

// partOfName reports whether the lines above or below a name may be parts of it: a line without a digit, as addresses have them, that is no
// label, stands right below a name that does not end as a firm's does, or right above it.
func (s *sheet) partOfName(ts []*token) bool {
	first, last := ts[0], ts[len(ts)-1]
	box := bounds(ts)
	for _, l := range s.lines {
		at := slices.IndexFunc(l.tokens, func(t *token) bool { return t.box[0]-first.box[0] > -14 && t.box[0]-first.box[0] < 14 })
		if at < 0 || s.labelled(l.tokens[at]) || l.tokens[at].field > 0 && l.tokens[at].field != first.field {
			continue
		}
		t := l.tokens[at]
		switch {
		case t.box[1] >= last.middle() && t.box[1]-box[3] < 0.8*t.height():
			if end := textOf(s.run(t)); !strings.ContainsAny(end, "0123456789") && !firmEnd(last.key) {
				return true
			}
		case t.box[3] <= first.middle() && box[1]-t.box[3] < 0.8*t.height():
			return true
		}
	}
	return false
}

// run is the words that stand right beside one another from t on.
func (s *sheet) run(t *token) []*token {
	out := []*token{t}
	for _, next := range s.lines[t.line].tokens[t.pos+1:] {
		if gap(out[len(out)-1], next) > sameRun*next.height() {
			break
		}
		out = append(out, next)
	}
	return out
}

// firmEnd reports whether a word ends the name of a firm.
func firmEnd(key string) bool {
	switch key {
	case "LLC", "INC", "INCORPORATED", "CORP", "CORPORATION", "CO", "COMPANY", "LTD", "LIMITED", "LP", "LLP", "PLLC", "PC", "PA":
		return true
	}
	return false
}

// denied reports whether the sentence around a name says no to something, within some words of it.
func (s *sheet) denied(ts []*token) bool {
	var all []*token
	const around = 3 // lines
	top, bottom := ts[0].line, ts[0].line
	for _, t := range ts {
		top, bottom = min(top, t.line), max(bottom, t.line)
	}
	for _, l := range s.lines[max(0, top-around):min(len(s.lines), bottom+around+1)] {
		all = append(all, l.tokens...)
	}
	from, to := len(all)-1, 0 // the words of a narrow form field may stand in any order
	for _, t := range ts {
		at := slices.Index(all, t)
		from, to = min(from, max(0, at)), max(to, at)
	}
	ends := func(t *token) bool { return strings.HasSuffix(t.text, ".") && len(t.key) > 3 }
	for from > 0 && !ends(all[from-1]) {
		from--
	}
	for to+1 < len(all) && !strings.HasSuffix(all[to].text, ".") {
		to++
	}
	return slices.ContainsFunc(all[from:to+1], func(t *token) bool {
		switch t.key {
		case "NOT", "NO", "NEVER", "NEITHER", "NOR", "NONE", "EXCEPT", "EXCLUDING", "EXCLUDED", "CANNOT", "WITHOUT", "ISNT", "ARENT":
			return true
		}
		return false
	})
}

// prose grounds a longer text: whole, or by most of its words where spacing or order differ from the page's. The page must show
// nearly all of them, each as often as the text has it.
func (g *ground) prose(want, folded string) found {
	if f := g.words(folded, mentioned, func(match) bool { return true }); f.confidence > 0 {
		return f
	}
	best := none()
	for _, s := range g.sheets {
		left := map[string]int{}
		total := 0
		for _, w := range strings.Fields(want) {
			if key := Fold(w); key != "" {
				left[key]++
				total++
			}
		}
		var ts []*token
		for _, l := range s.lines {
			n := 0
			for _, t := range l.tokens {
				if left[t.key] > 0 {
					n++
				}
			}
			if 2*n <= len(l.tokens) && n < 2 {
				continue
			}
			for _, t := range l.tokens {
				if left[t.key] > 0 {
					left[t.key]--
					ts = append(ts, t)
				}
			}
		}
		if share := float64(len(ts)) / float64(max(1, total)); share >= 0.85 {
			best = better(best, found{s, ts, loosely * share})
		}
	}
	return best
}
