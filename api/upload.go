package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/blob"
	"certflow/internal/id"
	"certflow/schema"
)

// UploadCertificate takes one PDF (CONTRACT §2). The file streams into storage while it is checked; the row is made when everything is
// found to be in order, and its review is started then. What comes to nothing leaves no file behind.
func (h *Handlers) UploadCertificate(ctx context.Context, request UploadCertificateRequestObject) (UploadCertificateResponseObject, error) {
	held := callOf(ctx).claim
	form := uploadForm{files: []string{"certificate"}, maxFiles: 1, maxFile: h.Limits.File,
		texts: map[string]int64{"contractor": 0, "insurance_requirement_id": 0, "custom_metadata": h.Limits.CustomMetadata}}
	u, err := readUpload(ctx, request.Body, form, h.storageFor(held), h.newFile(accountOf(ctx)))
	var earlier *Answer
	if err == nil {
		earlier, err = held.settle(u.fingerprint())
	}
	if err == nil && earlier == nil {
		err = checkUpload(u)
	}
	if err != nil {
		h.discard(ctx, u)
		return nil, err
	}
	if earlier != nil {
		return replayed{earlier}, nil
	}
	var row *schema.Certificate
	answer, err := inAccountOnce(ctx, h.DB, UploadCertificateResponseObject.VisitUploadCertificateResponse, func(ctx context.Context, tx bun.IDB) (UploadCertificateResponseObject, error) {
		var err error
		if row, err = newCertificate(ctx, tx, u); err != nil {
			return nil, err
		}
		if err := schema.InsertCertificates(ctx, tx, actor(ctx), []*schema.Certificate{row}); err != nil {
			return nil, err
		}
		return UploadCertificate201JSONResponse{Body: h.shownCertificate(row, nil),
			Headers: UploadCertificate201ResponseHeaders{Location: location("files", "certificates", row.ID)}}, nil
	})
	if err != nil {
		h.discardRefused(ctx, u, err)
		return nil, err
	}
	h.starts.start(ctx, row.ID, func(ctx context.Context) error {
		_, err := h.Starter.StartReview(ctx, row)
		return err
	})
	return answer, nil
}

// checkUpload is the first fault of a single upload that can be told without the database, in the order of CONTRACT §2.
func checkUpload(u *upload) error {
	switch {
	case u.texts["contractor"] == "" && len(u.textFaults()["contractor"]) == 0:
		return refuse(http.StatusBadRequest, ErrorCodeMissingContractorID, "Give the id of the contractor in the field contractor.")
	case len(u.files) == 0:
		return refuse(http.StatusBadRequest, ErrorCodeMissingCertificate, "Give the PDF as the file certificate.")
	case len(u.files) > 1:
		return invalidField("certificate", "Is given %d times. Upload one certificate in a request.", len(u.files))
	case u.files[0].fault != nil:
		return u.files[0].fault
	}
	return nil
}

// newCertificate makes the remaining checks of an upload, in the order of CONTRACT §2, and the row.
func newCertificate(ctx context.Context, tx bun.IDB, u *upload) (*schema.Certificate, error) {
	wanted := u.texts["contractor"]
	contractor, err := lookupReference(ctx, tx, id.Contractor, wanted, schema.HoldContractor, noContractor(wanted))
	if err != nil {
		return nil, err
	}
	f := u.files[0]
	c := &schema.Certificate{Row: schema.Row{ID: f.id, AccountID: accountOf(ctx)}, ContractorID: contractor.ID,
		Filename: f.filename, BlobKey: f.key, SHA256: f.sha256[:], Size: f.size}
	from := schema.Sources{Given: u.texts["insurance_requirement_id"]}
	newest, err := schema.NewestAssignment(ctx, tx, contractor.ID)
	if err != nil {
		return nil, err
	}
	if newest != nil {
		job, err := schema.GetJob(ctx, tx, newest.JobID)
		if err != nil {
			return nil, err
		}
		c.AssignmentID, c.JobID, c.TrackerID = &newest.ID, &job.ID, job.TrackerID
		from.JobID, from.TrackerID = job.ID, orEmpty(job.TrackerID)
	}
	requirement, err := chooseRequirement(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	c.RequirementID = requirement.ID
	if wrong := u.textFaults(); len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	if text := u.texts["custom_metadata"]; text != "" {
		var given CustomMetadataUpdate
		if err := json.Unmarshal([]byte(text), &given); err != nil || given == nil {
			return nil, invalidField("custom_metadata", "Must be a JSON object of texts.")
		}
		if err := mergeMetadata(&c.CustomMetadata, nullable.NewNullableWithValue(given)); err != nil {
			return nil, err
		}
	} else {
		c.CustomMetadata = map[string]string{}
	}
	return c, u.unknownParts(ctx)
}

// chooseRequirement finds the requirement that judges an upload, or the refusal.
func chooseRequirement(ctx context.Context, tx bun.IDB, from schema.Sources) (*schema.Requirement, error) {
	if from.Given != "" {
		return lookupReference(ctx, tx, id.InsuranceRequirement, from.Given, schema.HoldRequirement, noRequirement(from.Given))
	}
	requirement, err := schema.ChooseRequirement(ctx, tx, from)
	if errors.Is(err, schema.ErrNotFound) {
		return nil, refuse(http.StatusBadRequest, ErrorCodeNoInsuranceRequirementFound,
			"No insurance requirement applies: name one in the upload, or make one the account's default.")
	}
	return requirement, err
}

// newFile names the files of an upload: each is to become a certificate.
func (h *Handlers) newFile(account string) func() (string, string) {
	return func() (string, string) {
		certificate := id.New(id.Certificate)
		return certificate, blob.NewKey(h.Now(), account, certificate)
	}
}

// storageFor is where a request's files go: nowhere when its answer is known already, and only its fingerprint is wanted.
func (h *Handlers) storageFor(held *claim) Blobs {
	if held.replays() {
		return discardStorage{}
	}
	return h.Files
}

// discardStorage is a storage that keeps nothing.
type discardStorage struct{}

func (discardStorage) Stream(_ context.Context, _ string, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
func (discardStorage) Delete(context.Context, ...string) error { return nil }

// discard removes what an upload stored that came to nothing. What cannot be removed is swept.
func (h *Handlers) discard(ctx context.Context, u *upload) {
	if err := u.removeStored(ctx, h.Files); err != nil {
		h.Log.WarnContext(ctx, "the files of a refused upload wait for the sweep", slog.Any("error", err))
	}
}

// discardRefused is discard for an upload that the database refused. After any other failure the row may have been made all the same:
// then the files stay, and are swept if it was not.
func (h *Handlers) discardRefused(ctx context.Context, u *upload, err error) {
	if problemOf(err).Status < http.StatusInternalServerError {
		h.discard(ctx, u)
	}
}

// replayed is a stored answer as the response to an upload.
type replayed struct{ *Answer }

// VisitUploadCertificateResponse writes the stored answer.
func (r replayed) VisitUploadCertificateResponse(w http.ResponseWriter) error {
	r.replay(w)
	return nil
}
