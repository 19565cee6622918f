package calibration

import "hash/fnv"

// Trial is what a table makes of judged values whose truth is known.
type Trial struct {
	Right        int // values that are right
	Unsure       int // of these, below Sure
	UnsureScores int // of these, below it by their scores
	Wrong        int // values that are wrong
	SureAndWrong int // of these, sure
}

// Try holds a table against samples that rules judge.
func (t Table) Try(samples []Sample) Trial {
	var out Trial
	for _, s := range samples {
		if !s.Judged {
			continue
		}
		sure := t.Confidence(s.Source, s.Kind, s.Score) >= Sure
		switch {
		case s.Right:
			out.Right++
			if !sure {
				out.Unsure++
			}
			if s.Score < Sure {
				out.UnsureScores++
			}
		default:
			out.Wrong++
			if sure {
				out.SureAndWrong++
			}
		}
	}
	return out
}

// folds are the parts into which CrossValidate cuts the documents.
const folds = 10

// CrossValidate fits on all documents but a tenth and tries that table on the tenth, ten times over: what a table is worth for documents
// that it was not made of.
func CrossValidate(samples []Sample) Trial {
	var out Trial
	for fold := range uint32(folds) {
		var in, left []Sample
		for _, s := range samples {
			if foldOf(s.Document) == fold {
				left = append(left, s)
			} else {
				in = append(in, s)
			}
		}
		t := Fit(in).Try(left)
		out.Right += t.Right
		out.Unsure += t.Unsure
		out.UnsureScores += t.UnsureScores
		out.Wrong += t.Wrong
		out.SureAndWrong += t.SureAndWrong
	}
	return out
}

func foldOf(document string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(document))
	return h.Sum32() % folds
}
