package schema

// Plan is what a bulk upload's first activity is to make, decided when the upload was accepted.
type Plan struct {
	Kind  PlanKind      `json:"kind"`
	Files []PlannedFile `json:"files"`
}

// PlanKind is the endpoint that took the upload; its answers differ (CONTRACT §6).
type PlanKind string

// The three bulk uploads.
const (
	PlanPlaceholder PlanKind = "placeholder" // tracker/placeholder/bulk
	PlanContractor  PlanKind = "contractor"  // tracker: all files for one contractor
	PlanBulk        PlanKind = "bulk"        // tracker/bulk: a contractor for every file
)

// PlannedFile is one file of a bulk upload, in the upload's order.
type PlannedFile struct {
	CertificateID string            `json:"certificate_id"`
	BlobKey       string            `json:"blob_key"`
	Filename      string            `json:"filename"`
	SHA256        []byte            `json:"sha256"`
	Size          int64             `json:"size"`
	RequirementID string            `json:"requirement_id"`
	Contractor    PlannedContractor `json:"contractor"`
}

// PlannedContractor is whom a file is about. A living contractor with the address is reused and never overwritten.
type PlannedContractor struct {
	Email       string `json:"email"`
	Generated   bool   `json:"generated,omitempty"` // the address is ours and goes nowhere
	FirstName   string `json:"first_name,omitempty"`
	LastName    string `json:"last_name,omitempty"`
	CompanyName string `json:"company_name,omitempty"`
}
