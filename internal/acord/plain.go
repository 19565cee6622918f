package acord

// plain reads a certificate of labels and values.
func (r *record) plain(s *sheet) {
	r.header(s, official{})
	r.insurers(s)
	r.foot(s, table{}, official{})
}
