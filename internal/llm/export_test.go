package llm

import (
	"time"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// SetBeat sets how often alive is called.
func SetBeat(m *Model, every time.Duration) { m.beat = every }

// AnswerSchema is the JSON schema of an answer.
func AnswerSchema() []byte { return answerSchema() }

// Answer is what Decode made of an answer.
type Answer struct {
	Document    string
	Certificate certificate.Certificate
	Problems    []Problem
}

// Decode reads an answer.
func Decode(data []byte) (Answer, error) {
	a, err := decode(data)
	return Answer{a.document, a.certificate, a.problems}, err
}

// Merge settles two readings.
func Merge(layout *certificate.Reading, model *certificate.Certificate, pages []page.Page) *certificate.Reading {
	return merge(layout, model, pages, certificate.Parser{Name: "anthropic/claude-x", Version: promptVersion})
}
