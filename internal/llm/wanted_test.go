package llm_test

import (
	"testing"

	"certflow/internal/certificate"
	"certflow/internal/llm"
)

func TestWhenAModelIsAsked(t *testing.T) {
	t.Parallel()
	lower := func(path string) func(*certificate.Reading) {
		return func(r *certificate.Reading) {
			e := r.Evidence[path]
			e.Confidence = 0.84
			r.Evidence[path] = e
		}
	}
	for _, tt := range []struct {
		name         string
		change       func(*certificate.Reading)
		auto, always bool
	}{
		{"a sure reading", nil, false, true},
		{"a limit in doubt", lower(eachOccurrence), true, true},
		{"the insured in doubt", lower("insured.name"), true, true},
		{"the producer in doubt", lower("producer.name"), false, true},
		{"an insurer's name in doubt", lower("insurers.0.name"), false, true},
		{"no evidence for a date", func(r *certificate.Reading) { delete(r.Evidence, gl+".policy_effective_date") }, true, true},
		{"no coverage", func(r *certificate.Reading) { r.Certificate.Coverages = certificate.Coverages{} }, true, true},
		{"no expiration date", func(r *certificate.Reading) { r.Certificate.Coverages.GeneralLiability.Expiration = nil }, true, true},
		{"no limit", func(r *certificate.Reading) {
			r.Certificate.Coverages.GeneralLiability.Limits = certificate.GeneralLiabilityLimits{}
			delete(r.Evidence, eachOccurrence)
			delete(r.Evidence, aggregate)
		}, true, true},
		{"limits that are no amounts", func(r *certificate.Reading) {
			r.Certificate.Coverages.GeneralLiability.Limits = certificate.GeneralLiabilityLimits{}
		}, false, true},
		{"a limit on a page that is stamped", func(r *certificate.Reading) {
			for path, e := range r.Evidence {
				e.Confidence, e.Doubt = 0.5, "page 1 is stamped VOID"
				r.Evidence[path] = e
			}
		}, false, true},
		{"no certificate holder", func(r *certificate.Reading) { r.Certificate.Holder.Name = nil }, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := layoutRead(t, 0.97)
			if tt.change != nil {
				tt.change(r)
			}
			auto := model(t, "http://127.0.0.1:1")
			always := model(t, "http://127.0.0.1:1", func(o *llm.Options) { o.Mode = llm.Always })
			if got := auto.Wanted(r, nil); got != tt.auto {
				t.Errorf("auto: %v, want %v", got, tt.auto)
			}
			if got := always.Wanted(r, nil); got != tt.always {
				t.Errorf("model: %v, want %v", got, tt.always)
			}
		})
	}
}

func TestAModelIsAskedAfterUnknownFormsAndNoOtherRefusal(t *testing.T) {
	t.Parallel()
	m := model(t, "http://127.0.0.1:1")
	for code, want := range map[certificate.RefusalCode]bool{
		certificate.NotACertificate: true, certificate.Unreadable: false, certificate.PasswordProtected: false, certificate.SeveralCertificates: false,
	} {
		if got := m.Wanted(nil, &certificate.Refusal{Code: code}); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}
