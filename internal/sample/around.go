package sample

// layCover is the letter with which an agency sends a certificate.
func layCover(s Sample, faces *faces) *sheet {
	c, p := s.Certificate, printer{s.Style, s.Printed}
	page := &sheet{faces: faces, style: s.Style}
	in := face{s.Style.typeface(), false}
	y := 90.0
	write := func(lines ...string) {
		for _, l := range lines {
			page.text(72, y, 11, in, l, 0)
			y += 16
		}
		y += 16
	}
	write(block(p, "producer", c.Producer)...)
	write(block(p, "certificate_holder", c.Holder)...)
	write("To whom it may concern,")
	write(page.wrap(in, 11, 460, "please find enclosed the certificate of liability insurance that you asked for. It lists policies with limits of up to $3,000,000. "+
		"If anything on it needs to change, reply to this letter and we will issue another one.")...)
	write("With kind regards", s.Extras.ContactName, s.Extras.Phone)
	return page
}

// layRemarks is the page on which the description of operations is continued. It repeats the form's title, which makes it
// easy to take for a second certificate.
func layRemarks(s Sample, faces *faces) *sheet {
	c := s.Certificate
	page := &sheet{faces: faces, style: s.Style}
	in := face{s.Style.typeface(), false}
	page.label(170, 50, 14, true, 300, "ADDITIONAL REMARKS SCHEDULE")
	page.frame(left, 70, right, 150)
	page.rule(mid, 70, mid, 150)
	page.label(left+3, 78, 5.5, true, 80, "AGENCY")
	page.label(mid+3, 78, 5.5, true, 80, "NAMED INSURED")
	page.text(left+10, 92, 9, in, value(c.Producer.Name), 0)
	page.text(mid+10, 92, 9, in, value(c.Insured.Name), 0)
	page.label(left+3, 112, 5.5, true, 80, "POLICY NUMBER")
	page.label(left+3, 138, 5.5, true, 80, "CARRIER")
	page.label(mid+3, 138, 5.5, true, 80, "EFFECTIVE DATE:")
	page.label(left+3, 165, 8, true, 200, "ADDITIONAL REMARKS")
	page.label(left+3, 180, 7, true, 560, "THIS ADDITIONAL REMARKS FORM IS A SCHEDULE TO ACORD FORM,")
	page.label(left+3, 192, 7, true, 200, "FORM NUMBER: 25")
	page.label(200, 192, 7, true, 360, "FORM TITLE: CERTIFICATE OF LIABILITY INSURANCE")
	page.text(left+10, 215, 9, in, "The general aggregate applies separately to each project. A deductible of $25,000 applies to water damage.", 0)
	page.label(left+3, 764, 8, true, 160, "ACORD 101 (2008/01)")
	return page
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
