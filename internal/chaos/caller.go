package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"sync"
	"time"
)

// Upload is a request of a client with all that it was answered.
type Upload struct {
	Key       string
	Account   string
	Bulk      bool
	Files     []File
	Abandoned bool // the client never asked for the answer
	Answers   []Answer
}

// Answered reports whether the client got to the end: a 201.
func (u *Upload) Answered() bool {
	for _, a := range u.Answers {
		if a.Status == http.StatusCreated {
			return true
		}
	}
	return false
}

// Answer is what came of one try: a status with the ids of what was made, or how the connection failed.
type Answer struct {
	At           time.Time
	API          string
	Status       int    // 0: there was no answer
	Code         string // error_code
	Fault        string
	Replayed     bool
	Job          string
	Certificates map[string]string // ids by file name
}

// again reports whether the documentation says to repeat the request.
func (a Answer) again() bool {
	switch a.Status {
	case 0, http.StatusAccepted, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable:
		return true
	case http.StatusConflict:
		return a.Code == "idempotency_conflict"
	}
	return false
}

// caller is one client of the API.
type caller struct {
	tenant *tenant
	urls   []string
	random *rand.Rand
	web    *http.Client
}

const (
	// singleTime and bulkTime are how long a client waits for an answer.
	singleTime = 10 * time.Second
	bulkTime   = 30 * time.Second
)

// upload sends a request and repeats it with its key, each time to the other API, as long as the documentation says to. One in eight clients
// asks both at once, one in ten hangs up on its first try, and one in thirty never comes back.
func (c *caller) upload(ctx context.Context, b batch, u *Upload) []Answer {
	whim := c.random.IntN(240)
	at := c.random.IntN(len(c.urls))
	hurry := between(c.random, 5*time.Millisecond, 150*time.Millisecond)
	var answers []Answer
	try := func(ctx context.Context, url string) (Answer, time.Duration) {
		most := singleTime
		if b.bulk {
			most = bulkTime
		}
		ctx, cancel := context.WithTimeout(ctx, most)
		defer cancel()
		return c.try(ctx, url, b)
	}
	switch {
	case whim < 8: // never comes back
		u.Abandoned = true
		short, cancel := context.WithTimeout(ctx, hurry)
		defer cancel()
		a, _ := try(short, c.urls[at])
		return append(answers, a)
	case whim < 32: // hangs up
		short, cancel := context.WithTimeout(ctx, hurry)
		a, _ := try(short, c.urls[at])
		cancel()
		answers = append(answers, a)
	case whim < 62: // asks both
		both := make([]Answer, len(c.urls))
		var all sync.WaitGroup
		for i, url := range c.urls {
			all.Go(func() { both[i], _ = try(ctx, url) })
		}
		all.Wait()
		answers = append(answers, both...)
	}
	for n := 0; ; n++ {
		a, pause := try(ctx, c.urls[(at+n)%len(c.urls)])
		answers = append(answers, a)
		if !a.again() || ctx.Err() != nil {
			return answers
		}
		backoff := min(200*time.Millisecond<<min(n, 5), 3*time.Second)
		if wait(ctx, max(pause, backoff/2+between(c.random, 0, backoff/2+1))) != nil {
			return answers
		}
	}
}

// try sends the request once. It returns how long the answer asks to be left alone.
func (c *caller) try(ctx context.Context, url string, b batch) (Answer, time.Duration) {
	a := Answer{At: time.Now(), API: url}
	body, contentType, err := b.body()
	if err != nil {
		a.Fault = err.Error()
		return a, 0
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1"+b.path, bytes.NewReader(body))
	if err != nil {
		a.Fault = err.Error()
		return a, 0
	}
	request.GetBody = nil // net/http is not to repeat what this client repeats and counts
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Idempotency-Key", b.key)
	request.SetBasicAuth(c.tenant.key.Reveal(), "")
	response, err := c.web.Do(request)
	if err != nil {
		a.Fault = err.Error()
		return a, 0
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.Fault = err.Error()
		return a, 0
	}
	a.Status, a.Replayed = response.StatusCode, response.Header.Get("Idempotent-Replayed") == "true"
	a.read(text, b)
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return a, time.Duration(seconds) * time.Second
}

// read takes what matters out of the body of an answer.
func (a *Answer) read(text []byte, b batch) {
	var body struct {
		ID           string
		Filename     string
		Job          string
		Code         string          `json:"error_code"`
		Message      json.RawMessage `json:"message"`
		Certificates []struct{ ID, Filename string }
	}
	if err := json.Unmarshal(text, &body); err != nil {
		a.Fault = fmt.Sprintf("the answer is not JSON: %.200s", text)
		return
	}
	a.Code, a.Job = body.Code, body.Job
	if a.Status >= 400 {
		a.Fault = string(body.Message)
	}
	if a.Status != http.StatusCreated {
		return
	}
	a.Certificates = map[string]string{}
	if !b.bulk {
		a.Job = ""
		a.Certificates[body.Filename] = body.ID
	}
	for _, made := range body.Certificates {
		a.Certificates[made.Filename] = made.ID
	}
}

// body is the request's. Its boundary differs with every try.
func (b batch) body() ([]byte, string, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, t := range b.texts {
		if err := form.WriteField(t[0], t[1]); err != nil {
			return nil, "", fmt.Errorf("write a form: %w", err)
		}
	}
	for _, f := range b.files {
		part, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", b.field, f.Name)},
			"Content-Type":        {"application/pdf"},
		})
		if err == nil {
			_, err = part.Write(f.pdf)
		}
		if err != nil {
			return nil, "", fmt.Errorf("write a form: %w", err)
		}
	}
	if err := form.Close(); err != nil {
		return nil, "", fmt.Errorf("write a form: %w", err)
	}
	return body.Bytes(), form.FormDataContentType(), nil
}
