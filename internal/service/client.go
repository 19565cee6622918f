package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"certflow/api/client"
	"certflow/internal/secret"
)

// Client is a client of the API at url with a key.
func Client(url string, key secret.Text) (*client.ClientWithResponses, error) {
	c, err := client.NewClientWithResponses(strings.TrimSuffix(url, "/")+"/api/v1", client.WithRequestEditorFn(
		func(_ context.Context, r *http.Request) error {
			r.SetBasicAuth(key.Reveal(), "")
			return nil
		}))
	if err != nil {
		return nil, fmt.Errorf("make a client of %s: %w", url, err)
	}
	return c, nil
}

// Upload uploads one certificate of a contractor.
func Upload(ctx context.Context, c *client.ClientWithResponses, contractor, filename string, pdf io.Reader) (*client.Certificate, error) {
	return UploadFor(ctx, c, contractor, "", filename, pdf)
}

// UploadFor is Upload to be judged by a requirement; an empty one leaves the choice to the API.
func UploadFor(ctx context.Context, c *client.ClientWithResponses, contractor, requirement, filename string, pdf io.Reader) (*client.Certificate, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := writeUpload(form, contractor, requirement, filename, pdf); err != nil {
		return nil, fmt.Errorf("write the upload of %s: %w", filename, err)
	}
	response, err := c.UploadCertificateWithBodyWithResponse(ctx, &client.UploadCertificateParams{}, form.FormDataContentType(), &body)
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", filename, err)
	}
	if response.JSON201 == nil {
		return nil, ResponseError("upload "+filename, response.HTTPResponse, response.Body)
	}
	return response.JSON201, nil
}

func writeUpload(form *multipart.Writer, contractor, requirement, filename string, pdf io.Reader) error {
	fields := map[string]string{"contractor": contractor}
	if requirement != "" {
		fields["insurance_requirement_id"] = requirement
	}
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			return err
		}
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="certificate"; filename=%q`, filename)},
		"Content-Type":        {"application/pdf"},
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, pdf); err != nil {
		return err
	}
	return form.Close()
}

// ResponseError is the error of an answer that is not the one hoped for, with what the API says of it.
func ResponseError(doing string, response *http.Response, body []byte) error {
	var problem struct {
		Message any    `json:"message"`
		Code    string `json:"error_code"`
	}
	if json.Unmarshal(body, &problem) != nil || problem.Code == "" {
		return fmt.Errorf("%s: the API answered %s: %s", doing, response.Status, bytes.TrimSpace(body[:min(len(body), 500)]))
	}
	said := fmt.Sprint(problem.Message)
	if fields, ok := problem.Message.(map[string]any); ok {
		each := make([]string, 0, len(fields))
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			each = append(each, fmt.Sprintf("%s: %v", field, fields[field]))
		}
		said = strings.Join(each, " ")
	}
	return fmt.Errorf("%s: %s (%d %s)", doing, said, response.StatusCode, problem.Code)
}
