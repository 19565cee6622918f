package rules

import "certflow/internal/certificate"

// evaluation is one judging of an input, with what several of its rules ask for found once.
type evaluation struct {
	*Input
	rows     []string
	policies map[string][]string // by row
	text     *prose
	values   map[string]value
	names    map[string]name // by how they are printed
	person   *person
}

func newEvaluation(in *Input) *evaluation {
	e := &evaluation{Input: in, rows: certificate.Rows(&in.Certificate), policies: map[string][]string{}, values: map[string]value{}, names: map[string]name{}}
	for _, row := range e.rows {
		e.policies[row] = certificate.Policies(&in.Certificate, row)
	}
	return e
}

// policiesOf are the paths of the policies of a row, none for a row that the certificate does not show. The caller must not
// change them.
func (e *evaluation) policiesOf(row string) []string { return e.policies[row] }

// name is readName, once for each text.
func (e *evaluation) name(printed string) name {
	n, ok := e.names[printed]
	if !ok {
		n = readName(printed)
		e.names[printed] = n
	}
	return n
}

// contractor is the contractor as a person.
func (e *evaluation) contractor() person {
	if e.person == nil {
		p := readPerson(e.Contractor)
		e.person = &p
	}
	return *e.person
}

// prose is the description's text, empty where there is none.
func (e *evaluation) prose() prose {
	if e.text == nil {
		p := prose{}
		if text := e.Certificate.Description.Text; text != nil {
			p = readProse(*text)
		}
		e.text = &p
	}
	return *e.text
}
