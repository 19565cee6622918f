package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"
	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// generatedDomain is where generated addresses lie: .invalid never resolves (RFC 6761 §6.4).
const generatedDomain = "@placeholder.certflow.invalid"

var emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)

// metadataField is the part with what an upload says about its files.
const metadataField = "certificates_metadata"

// metadataEntry is what certificates_metadata says about one file.
type metadataEntry struct {
	filename    string
	contractor  map[string]string // nil when none is given
	requirement string
	wrong       faults // by place, as certificates_metadata[0].contractor.email
}

// parseMetadata reads certificates_metadata: JSON with comments and trailing commas (CONTRACT §6). Faults of an entry are
// kept with it; what is no such list is not ok.
func parseMetadata(text string) (entries []metadataEntry, ok bool) {
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	standard, err := hujson.Standardize([]byte(text))
	var list []any
	if err == nil {
		err = json.Unmarshal(standard, &list)
	}
	if err != nil || !isStorable(list, maxDepth) {
		return nil, false
	}
	entries = make([]metadataEntry, len(list))
	for i, item := range list {
		entries[i] = parseEntry(fmt.Sprintf("%s[%d]", metadataField, i), item)
	}
	return entries, true
}

// contractorFields are what an entry may say of a contractor; the contact of a purchase order is accepted and not kept.
var contractorFields = []string{"email", "first_name", "last_name", "company_name", "po_contact_name", "po_contact_email"}

func parseEntry(at string, item any) metadataEntry {
	wrong := faults{}
	entry := metadataEntry{wrong: wrong}
	object, ok := item.(map[string]any)
	if !ok {
		wrong.add(at, "Must be an object.")
		return entry
	}
	for key, value := range object {
		where := at + "." + printable(key)
		switch key {
		case "filename":
			entry.filename = cleanFilename(textAt(where, value, wrong))
		case "insurance_requirement_id":
			entry.requirement = textAt(where, value, wrong)
		case "contractor":
			entry.contractor = parseContractor(where, value, wrong)
		default:
			wrong.add(where, "There is no such field.")
		}
	}
	if entry.filename == "" {
		wrong.add(at+".filename", "This field is required.")
	}
	return entry
}

func parseContractor(at string, value any, wrong faults) map[string]string {
	object, ok := value.(map[string]any)
	if !ok {
		if value != nil {
			wrong.add(at, "Must be an object.")
		}
		return nil
	}
	contractor := map[string]string{}
	for key, value := range object {
		where := at + "." + printable(key)
		if !slices.Contains(contractorFields, key) {
			wrong.add(where, "There is no such field.")
			continue
		}
		contractor[key] = textAt(where, value, wrong)
	}
	checkContractor(at+".", contractor, wrong)
	return contractor
}

// checkContractor bounds what an upload says of a contractor; at comes before the names of its fields.
func checkContractor(at string, contractor map[string]string, wrong faults) {
	for field, text := range contractor {
		if utf8.RuneCountInString(text) > 200 {
			wrong.add(at+field, "May have at most 200 characters.")
		}
	}
	if email := contractor["email"]; email != "" && (!emailForm.MatchString(email) || len(email) > 254) {
		wrong.add(at+"email", "Must be an e-mail address.")
	}
}

// textAt is a text of the metadata; null is none.
func textAt(at string, value any, wrong faults) string {
	text, ok := value.(string)
	if !ok && value != nil {
		wrong.add(at, "Must be a text.")
	}
	return strings.TrimSpace(text)
}

// describe gives each file its entry of the metadata, by name and in order where names repeat, and nil to a file without one. Faults of
// an entry are told under the name of its file, beside those of the file itself. Where contractors is true every file needs one with an address.
func (u *upload) describe(names []string, contractors bool, wrong faults) {
	entries, ok := parseMetadata(u.texts[metadataField])
	if !ok {
		wrong.add(metadataField, "Must be a JSON list of objects, each with the filename of one file.")
		return
	}
	u.entries = make([]*metadataEntry, len(u.files))
	for i := range entries {
		entry := &entries[i]
		if entry.filename == "" {
			maps.Copy(wrong, entry.wrong)
			continue
		}
		name := printable(entry.filename)
		free := 0
		for free < len(u.files) && (u.entries[free] != nil || u.files[free].filename != entry.filename) {
			free++
		}
		if free == len(u.files) {
			wrong.also(name, "The metadata names this file, which the upload does not have.")
		} else {
			u.entries[free], name = entry, names[free]
		}
		for _, place := range slices.Sorted(maps.Keys(entry.wrong)) {
			wrong.also(name, place+": "+entry.wrong[place])
		}
	}
	if !contractors {
		return
	}
	for i, entry := range u.entries {
		if entry == nil || (entry.contractor["email"] == "" && len(entry.wrong) == 0) {
			wrong.also(names[i], "The metadata must name a contractor with an email for this file.")
		}
	}
}

// planEntries gives every file the contractor that its entry names, or a placeholder with an address of ours.
func planEntries(_ context.Context, _ bun.IDB, u *upload) ([]planned, error) {
	about := make([]planned, len(u.files))
	for i, entry := range u.entries {
		if entry != nil {
			c := entry.contractor
			about[i] = planned{requirement: entry.requirement, contractor: schema.PlannedContractor{Email: c["email"], FirstName: c["first_name"],
				LastName: c["last_name"], CompanyName: c["company_name"]}}
		}
		if about[i].contractor.Email == "" {
			about[i].contractor.Email = strings.ToLower(id.New("placeholder")) + generatedDomain
			about[i].contractor.Generated = true
		}
	}
	return about, nil
}

// planOne gives all files the one contractor that the upload names.
func planOne(ctx context.Context, tx bun.IDB, u *upload) ([]planned, error) {
	wrong := faults{}
	c := map[string]string{}
	for _, field := range []string{"business_name", "email", "first_name", "last_name"} {
		if c[field] = strings.TrimSpace(u.texts[field]); c[field] == "" {
			wrong.add(field, "This field is required.")
		}
	}
	checkContractor("", c, wrong)
	create := u.texts["create_new_contractor"]
	if create != "" && create != "true" && create != "false" {
		wrong.add("create_new_contractor", "Must be true or false.")
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	if create != "true" {
		known, err := schema.HoldContractorsByEmail(ctx, tx, []string{strings.ToLower(c["email"])})
		if err != nil {
			return nil, err
		}
		if len(known) == 0 {
			return nil, &Problem{Status: http.StatusBadRequest, Code: ErrorCodeInvalidContractorID,
				Fields: map[string]string{"email": "There is no contractor with this address. Give create_new_contractor=true to make one."}}
		}
	}
	about := make([]planned, len(u.files))
	for i := range about {
		about[i] = planned{requirement: u.texts["insurance_requirement_id"], contractor: schema.PlannedContractor{Email: c["email"], FirstName: c["first_name"],
			LastName: c["last_name"], CompanyName: c["business_name"]}}
	}
	return about, nil
}
