package service_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"certflow/api/client"
	"certflow/internal/service"
)

// needs skips a test of the published guide where a program of the guide's is not installed, and says which.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

// run runs a program of the published guide and returns what it printed.
func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	needs(t, program)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// guide fills in what the published guide leaves to the reader: host, key, ids and the path of a file.
func (s *stack) guide(contractor, certificate, file, text string) string {
	return strings.NewReplacer(
		"https://api.1099policy.com", s.URL, "YOUR_SECRET_KEY", service.DevKey,
		"cn_abc123", contractor, "ci_YnsHeB9PTo", certificate,
		"/path/to/certificate.pdf", file, "/path/to/corrected-certificate.pdf", file,
	).Replace(text)
}

// TestThePublishedGuideWorks runs the guide's own commands, with host, key, ids and file paths filled in.
func TestThePublishedGuideWorks(t *testing.T) {
	t.Parallel()
	needs(t, "curl")
	s := start(t)
	s.worker(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "certificate.pdf")
	if err := os.WriteFile(file, samples(t)["approved.pdf"].PDF, 0o600); err != nil {
		t.Fatal(err)
	}
	made := run(t, dir, "sh", "-c", s.guide("", "", file, `curl -s https://api.1099policy.com/api/v1/contractors \
  -u YOUR_SECRET_KEY: \
  -d email="jane@example.com" \
  -d first_name="Jane" \
  -d last_name="Smith"`))
	var contractor client.Contractor
	if err := json.Unmarshal([]byte(made), &contractor); err != nil || contractor.ID == "" {
		t.Fatalf("the guide's contractor: %v in %s", err, made)
	}
	uploaded := run(t, dir, "sh", "-c", s.guide(contractor.ID, "", file, `curl -s https://api.1099policy.com/api/v1/files/certificates \
  -u YOUR_SECRET_KEY: \
  -F "contractor=cn_abc123" \
  -F "certificate=@/path/to/certificate.pdf"`))
	var certificate map[string]any
	if err := json.Unmarshal([]byte(uploaded), &certificate); err != nil {
		t.Fatalf("the guide's upload: %v in %s", err, uploaded)
	}
	for field, want := range map[string]any{
		"contractor": contractor.ID, "status": "pending", "filename": "certificate.pdf", "review_results": nil,
	} {
		if got, ok := certificate[field]; !ok || got != want {
			t.Errorf("the 201's %s is %v, want %v", field, got, want)
		}
	}
	id, _ := certificate["id"].(string)
	s.verdict(t, id)
	run(t, dir, "sh", "-c", s.guide(contractor.ID, "", file, `curl -sf https://api.1099policy.com/api/v1/files/certificates \
  -u YOUR_SECRET_KEY: \
  -F "contractor=cn_abc123" \
  -F "certificate=@/path/to/corrected-certificate.pdf"`))
	deleted := run(t, dir, "sh", "-c", s.guide("", id, "", `curl -s -X DELETE https://api.1099policy.com/api/v1/files/certificates/ci_YnsHeB9PTo \
  -u YOUR_SECRET_KEY:`))
	if !strings.Contains(deleted, `"deleted":true`) {
		t.Errorf("the guide's delete answers %s", deleted)
	}
}

// TestThePublishedPythonWorks runs the guide's Python for an account whose lists are objects, with a stand-in for the library requests where that
// is not installed.
func TestThePublishedPythonWorks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	format := client.ListFormatObject
	if got, err := s.api.UpdateAccountWithResponse(t.Context(), nil, client.UpdateAccountJSONRequestBody{ListFormat: &format}); err != nil || got.JSON200 == nil {
		t.Fatalf("set the list format: %v %s", err, got.Body)
	}
	// Approved for its own contractor; the demo's requirement names it.
	id := s.upload(t, samples(t)["approved.pdf"])
	s.verdict(t, id)
	dir := t.TempDir()
	if exec.Command("python3", "-c", "import requests").Run() != nil {
		if err := os.WriteFile(filepath.Join(dir, "requests.py"), []byte(requestsStandIn), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := s.guide(s.contractor, "", "", `import requests

response = requests.get(
    'https://api.1099policy.com/api/v1/files/certificates',
    auth=('YOUR_SECRET_KEY', ''),
    params={'contractor': 'cn_abc123'}
)
certificates = response.json()['data']

# Filter to approved certificates
approved = [c for c in certificates if c['status'] == 'approved']

# Get most recent
if approved:
    latest = max(approved, key=lambda x: x['created'])
`) + "print(latest['id'])\n"
	if got := strings.TrimSpace(run(t, dir, "python3", "-c", script)); got != id {
		t.Errorf("the guide's Python finds %q, want %s", got, id)
	}
}

// requestsStandIn is as much of the library requests as the guide uses, on Python's own.
const requestsStandIn = `import base64, json, urllib.parse, urllib.request

class Response:
    def __init__(self, body):
        self.body = body
    def json(self):
        return json.loads(self.body)

def get(url, auth, params):
    request = urllib.request.Request(url + '?' + urllib.parse.urlencode(params))
    request.add_header('Authorization', 'Basic ' + base64.b64encode(':'.join(auth).encode()).decode())
    with urllib.request.urlopen(request) as answer:
        return Response(answer.read())
`

// TestThePublishedBulkUploadWorks runs the reference's curl with its placeholders filled in and its comment left in.
func TestThePublishedBulkUploadWorks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	dir := t.TempDir()
	for _, name := range []string{"cert1.pdf", "cert2.pdf"} {
		if err := os.WriteFile(filepath.Join(dir, name), samples(t)["approved.pdf"].PDF, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tracker, err := s.api.CreateTrackerWithResponse(t.Context(), nil, client.CreateTrackerJSONRequestBody{Name: "Crews"})
	if err != nil || tracker.JSON201 == nil {
		t.Fatalf("create a tracker: %v %s", err, tracker.Body)
	}
	requirements, err := s.api.ListInsuranceRequirementsWithResponse(t.Context(), nil)
	if err != nil || requirements.JSON200 == nil {
		t.Fatalf("list requirements: %v", err)
	}
	list, err := requirements.JSON200.AsInsuranceRequirementList0()
	if err != nil || len(list) == 0 {
		t.Fatalf("list requirements: %v %s", err, requirements.Body)
	}
	metadata := strings.NewReplacer("req_123", list[0].ID, "[email protected]", "john@example.com").Replace(`[
  {
    "filename": "cert1.pdf",
    "contractor": {
      "email": "[email protected]",
      "first_name": "John",
      "last_name": "Doe",
      "company_name": "ABC Construction"
    },
    "insurance_requirement_id": "req_123"
  },
  {
    "filename": "cert2.pdf"
    // No contractor details - will generate placeholder
  }
]
`)
	// The reference shows no key.
	answer := run(t, dir, "curl", "-s", "-u", service.DevKey+":",
		"--request", "POST", s.URL+"/api/v1/files/external_certificates/tracker/placeholder/bulk",
		"--header", "Content-Type: multipart/form-data",
		"--form", "certificates[]=@cert1.pdf", "--form", "certificates[]=@cert2.pdf",
		"--form", "certificates_metadata="+metadata,
		"--form", "tracker_id="+tracker.JSON201.ID)
	var got struct {
		Certificates []struct {
			Assignment, Contractor, Email, Filename, ID string
			EmailWasGenerated                           bool `json:"email_was_generated"`
		}
		Job, Message string
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || len(got.Certificates) != 2 || got.Job == "" || got.Message == "" {
		t.Fatalf("the bulk upload answers %s (%v)", answer, err)
	}
	first, second := got.Certificates[0], got.Certificates[1]
	if first.Filename != "cert1.pdf" || first.Email != "john@example.com" || first.EmailWasGenerated {
		t.Errorf("the first certificate: %+v", first)
	}
	if second.Filename != "cert2.pdf" || !strings.HasSuffix(second.Email, ".invalid") || !second.EmailWasGenerated || second.Contractor == first.Contractor {
		t.Errorf("the second certificate: %+v", second)
	}
	for _, c := range got.Certificates {
		s.verdict(t, c.ID)
	}
}
