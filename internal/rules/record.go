package rules

import "certflow/internal/certificate"

// record is an input with what several of its rules ask for, found once. It belongs to one evaluation.
type record struct {
	*Input
	rows     []string
	policies map[string][]string // by row
	text     *prose
	values   map[string]value
	names    map[string]name // by how they are printed
	person   *person
}

func newRecord(in *Input) *record {
	r := &record{Input: in, rows: certificate.Rows(&in.Certificate), policies: map[string][]string{}, values: map[string]value{}, names: map[string]name{}}
	for _, row := range r.rows {
		r.policies[row] = certificate.Policies(&in.Certificate, row)
	}
	return r
}

// policiesOf are the paths of the policies of a row, none for a row that the certificate does not show. The caller must not
// change them.
func (r *record) policiesOf(row string) []string { return r.policies[row] }

// name is readName.
func (r *record) name(printed string) name {
	n, ok := r.names[printed]
	if !ok {
		n = readName(printed)
		r.names[printed] = n
	}
	return n
}

// contractor is the contractor as a person.
func (r *record) contractor() person {
	if r.person == nil {
		p := readPerson(r.Contractor)
		r.person = &p
	}
	return *r.person
}

// prose is the description's text, empty where there is none.
func (r *record) prose() prose {
	if r.text == nil {
		p := prose{}
		if text := r.Certificate.Description.Text; text != nil {
			p = readProse(*text)
		}
		r.text = &p
	}
	return *r.text
}
