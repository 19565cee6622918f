package activities

import (
	"fmt"

	"certflow/schema"
)

// uploadAnswer is the body of the 201 that answers a bulk upload, which differs between the three of them (CONTRACT §6). contractors are
// those of the files, in their order, and assignments are keyed by contractor.
func uploadAnswer(job *schema.Job, contractors []*schema.Contractor, assignments map[string]*schema.Assignment) any {
	files := make([]uploadedFile, len(job.Plan.Files))
	for i, f := range job.Plan.Files {
		files[i] = uploadedFile{PlannedFile: f, contractor: contractors[i], assignment: assignments[contractors[i].ID].ID}
	}
	switch job.Plan.Kind {
	case schema.PlanContractor:
		return contractorAnswer(job.ID, files)
	case schema.PlanBulk:
		return bulkAnswer(job.ID, files)
	}
	return placeholderAnswer(job.ID, files, len(assignments))
}

// uploadedFile is a file of a bulk upload with what was made for it.
type uploadedFile struct {
	schema.PlannedFile
	contractor *schema.Contractor
	assignment string // id
}

// contractorAnswer answers an upload whose files are one contractor's.
func contractorAnswer(job string, files []uploadedFile) any {
	type uploaded struct {
		Filename string `json:"filename"`
		ID       string `json:"id"`
	}
	list := make([]uploaded, len(files))
	for i, f := range files {
		list[i] = uploaded{f.Filename, f.CertificateID}
	}
	return struct {
		Assignment   string     `json:"assignment"`
		Certificates []uploaded `json:"certificates"`
		Contractor   string     `json:"contractor"`
		Job          string     `json:"job"`
	}{files[0].assignment, list, files[0].contractor.ID, job}
}

// bulkAnswer answers an upload that names the contractor of each file.
func bulkAnswer(job string, files []uploadedFile) any {
	type uploaded struct {
		Assignment string `json:"assignment"`
		Contractor string `json:"contractor"`
		Filename   string `json:"filename"`
		ID         string `json:"id"`
	}
	list := make([]uploaded, len(files))
	for i, f := range files {
		list[i] = uploaded{f.assignment, f.contractor.ID, f.Filename, f.CertificateID}
	}
	return struct {
		Assignment   string     `json:"assignment"`
		Certificates []uploaded `json:"certificates"`
		Job          string     `json:"job"`
	}{files[0].assignment, list, job}
}

// placeholderAnswer answers an upload whose contractors may be unknown.
func placeholderAnswer(job string, files []uploadedFile, contractors int) any {
	type uploaded struct {
		Assignment        string `json:"assignment"`
		Contractor        string `json:"contractor"`
		Email             string `json:"email"`
		EmailWasGenerated bool   `json:"email_was_generated"`
		Filename          string `json:"filename"`
		ID                string `json:"id"`
	}
	list := make([]uploaded, len(files))
	generated := 0
	for i, f := range files {
		list[i] = uploaded{f.assignment, f.contractor.ID, f.contractor.Email, f.Contractor.Generated, f.Filename, f.CertificateID}
		if f.Contractor.Generated {
			generated++
		}
	}
	return struct {
		Certificates []uploaded `json:"certificates"`
		Job          string     `json:"job"`
		Message      string     `json:"message"`
	}{list, job, fmt.Sprintf("%s uploaded for %s; %s generated.",
		counted(len(files), "certificate", "certificates"), counted(contractors, "contractor", "contractors"),
		counted(generated, "placeholder e-mail address was", "placeholder e-mail addresses were"))}
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
