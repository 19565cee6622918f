package rules

import (
	"fmt"

	"certflow/internal/certificate"
)

// Judge validates requirements and evaluates them. It holds the CEL environment and what it compiled; its answers
// do not depend on what it was asked before. It is safe for concurrent use.
type Judge struct {
	compiler  *compiler
	questions *lru[questionKey, question]
}

// NewJudge makes a Judge that keeps the rules that it was asked about last, at most size of them and at least one, as it
// does compiled expressions. The error is a fault in the
// CEL environment, which the certificate's schema determines.
func NewJudge(size int) (*Judge, error) {
	c, err := newCompiler(size)
	if err != nil {
		return nil, fmt.Errorf("build the environment of expressions: %w", err)
	}
	return &Judge{compiler: c, questions: newLRU[questionKey, question](size)}, nil
}

// Evaluate judges a certificate. It never fails as a whole: a rule that cannot be judged fails, and says why. A requirement
// without rules flags the certificate.
func (j *Judge) Evaluate(in Input) Verdict {
	v := Verdict{Status: Approved, Results: make([]Result, len(in.Requirement.Rules))}
	if len(in.Requirement.Rules) == 0 {
		v.Status = Flagged
	}
	seen := newEvaluation(&in)
	for i, rule := range in.Requirement.Rules {
		l := &lookup{in: seen}
		f := j.judge(rule, l)
		r := Result{
			RuleName: rule.Name, RulePath: rule.Path, Result: Pass, Message: f.message,
			Confidence: l.confidence, EvidencePaths: l.paths,
		}
		if r.EvidencePaths == nil {
			r.EvidencePaths = []string{}
		}
		if !f.passed {
			r.Result = Fail
			switch {
			case rule.Severity == Critical:
				v.Status = Denied
			case v.Status == Approved:
				v.Status = Flagged
			}
		}
		v.Results[i] = r
	}
	return v
}

// judge answers one rule.
func (j *Judge) judge(rule Rule, l *lookup) finding {
	if l.in.Today == (certificate.Date{}) {
		return finding{message: "This rule cannot be judged without an evaluation date. Evaluate the certificate again."}
	}
	q, faults := j.question(rule)
	if len(faults) > 0 {
		return finding{message: fmt.Sprintf("This rule cannot be judged: %s. Correct the requirement and evaluate the certificate again.", faults[0].Message)}
	}
	return q.answer(l)
}

// question is a rule that was found sound: what is asked of a certificate.
type question interface {
	answer(l *lookup) finding
}

// finding is the answer to a question.
type finding struct {
	passed  bool
	message string
}

// passed is the finding of a rule that passed: what was required and what was found.
func passed(required, found string) finding {
	return finding{passed: true, message: "Required: " + required + ". Found: " + found + "."}
}

// failed is the finding of a rule that failed: what was required, what was found, and what to do next.
func failed(required, found, next string) finding {
	return finding{message: "Required: " + required + ". Found: " + found + ". " + next}
}
