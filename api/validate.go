package api

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
)

// validate checks a request against the contract before its handler sees it: parameters, content type and body, and after these what
// the contract does not name. The body of an upload is left to the handler, which streams it and then tells of unknown parameters with
// unknown parts.
func (s *Server) validate(c *gin.Context) {
	state := callOf(c.Request.Context())
	wrong, unknown := faults{}, faults{}
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		s.fail(c, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The query of the URL is not well-formed."))
		return
	}
	checkParameters(c, state.operation, query, wrong, unknown)
	if state.operation.multipart {
		if c.Request.ContentLength == 0 {
			emptyUpload(c.Request, state.body)
		}
		if err := checkMultipart(c.Request, state.body); err != nil {
			s.fail(c, err)
			return
		}
		state.unknown, unknown = unknown, nil
	} else if err := checkBody(c.Request, state, s.ruleFaults, wrong, unknown); err != nil {
		s.fail(c, err)
		return
	}
	switch {
	case len(wrong) > 0:
		s.fail(c, invalid(wrong))
	case len(unknown) > 0:
		s.fail(c, invalid(unknown))
	}
}

// checkParameters checks path, query and header parameters.
func checkParameters(c *gin.Context, op *operation, query url.Values, wrong, unknown faults) {
	path := map[string]string{}
	for _, p := range c.Params {
		path[p.Key] = p.Value
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: path, QueryParams: query, Route: op.route,
		Options: &openapi3filter.Options{SkipSettingDefaults: true},
	}
	for name, values := range query {
		parameter, known := op.query[name]
		switch {
		case !known:
			unknown.add(printable(name), "There is no such query parameter.%s", bracketed(op, name))
		case slices.ContainsFunc(values, isUnstorable):
			wrong.add(name, "Must be a text in UTF-8 without NUL.")
		case slices.Contains(values, ""):
			wrong.add(name, "May not be empty.")
		case len(values) > 1 && !parameter.Schema.Value.Type.Is("array"):
			wrong.add(name, "Is given more than once.")
		}
	}
	for _, p := range op.parameters {
		if err := openapi3filter.ValidateParameter(c.Request.Context(), input, p.Value); err != nil {
			parameterFault(wrong, p.Value, err)
		}
	}
}

// bracketed names the parameters that are written with brackets where a name was given without: expand[] for expand.
func bracketed(op *operation, name string) string {
	var meant []string
	for known := range op.query {
		if strings.HasPrefix(known, name+"[") {
			meant = append(meant, known)
		}
	}
	if len(meant) == 0 {
		return ""
	}
	slices.Sort(meant)
	return " Write " + strings.Join(meant, " or ") + "."
}

// emptyUpload makes an upload without parts of a request without a body, which is refused for what it lacks and not for its form.
func emptyUpload(r *http.Request, b *body) {
	r.Header.Set("Content-Type", "multipart/form-data; boundary=end")
	b.ReadCloser = io.NopCloser(strings.NewReader("--end--"))
}

// checkMultipart sees to it that an upload is one, and that the headers of its parts can be read.
func checkMultipart(r *http.Request, b *body) error {
	if isEncoded(r) {
		return errEncoded
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return refuse(http.StatusUnsupportedMediaType, ErrorCodeUnsupportedMediaType, "Send the files as multipart/form-data.")
	}
	boundary := params["boundary"]
	if boundary == "" || len(boundary) > 70 {
		return refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The Content-Type names no boundary of the multipart body.")
	}
	b.headers = newPartHeaders(boundary)
	return nil
}
