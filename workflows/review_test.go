package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/mock"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
	"certflow/workflows"
)

var (
	steps   *activities.Review
	attempt *activities.Deliver

	input = workflows.ReviewInput{Account: "acct_test", Certificate: "ci_test", Evaluation: 1}
	named = activities.CertificateRef{Account: "acct_test", ID: "ci_test", Evaluation: 1}
)

// environment is a test environment with the workflows and without any activity's code: a test says what each answers.
func environment(t *testing.T) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	// A machine that is busy with other tests may not let a workflow run for a second.
	env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	workflows.RegisterReviews(env)
	workflows.RegisterWebhooks(env)
	env.RegisterActivity(steps)
	env.RegisterActivity(attempt)
	env.OnUpsertTypedSearchAttributes(mock.Anything).Return(nil).Maybe()
	t.Cleanup(func() { env.AssertExpectations(t) })
	return env
}

// review runs a review and returns how it ended.
func review(t *testing.T, env *testsuite.TestWorkflowEnvironment) schema.Status {
	t.Helper()
	env.ExecuteWorkflow(workflows.ReviewCertificate, input)
	if !env.IsWorkflowCompleted() {
		t.Fatal("the review did not end")
	}
	var out workflows.ReviewResult
	if err := env.GetWorkflowResult(&out); err != nil {
		t.Fatal("a review completes whatever the document is:", err)
	}
	return out.Status
}

func opens(env *testsuite.TestWorkflowEnvironment) {
	env.OnActivity(steps.ValidateDocument, mock.Anything, named).Return(activities.ValidateResult{Key: "long.pdf", Pages: 5, Analysed: 2}, nil).Once()
}

func trims(env *testsuite.TestWorkflowEnvironment) {
	env.OnActivity(steps.TrimPages, mock.Anything, activities.TrimInput{CertificateRef: named, Key: "long.pdf", Pages: 5, Analysed: 2}).
		Return(activities.TrimResult{Key: "short.pdf"}, nil).Once()
}

func reads(env *testsuite.TestWorkflowEnvironment) {
	env.OnActivity(steps.ParseCertificate, mock.Anything, activities.ParseInput{CertificateRef: named, Key: "short.pdf"}).
		Return(activities.ParseResult{}, nil).Once()
}

func judges(env *testsuite.TestWorkflowEnvironment, status schema.Status, deliveries ...activities.DeliveryRef) {
	env.OnActivity(steps.EvaluateRules, mock.Anything, mock.Anything).Return(activities.Outcome{Status: status, Deliveries: deliveries}, nil).Once()
}

// records expects that an error is recorded with a code.
func records(t *testing.T, env *testsuite.TestWorkflowEnvironment, code string) {
	env.OnActivity(steps.RecordError, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ErrorInput) (activities.Outcome, error) {
		if in.Code != code || in.Message == "" {
			t.Errorf("recorded %q with message %q, want code %q and a message", in.Code, in.Message, code)
		}
		return activities.Outcome{Status: schema.Errored}, nil
	}).Once()
}

func TestAReviewGoesFromUploadToVerdict(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	reads(env)
	judges(env, schema.Approved)
	if got := review(t, env); got != schema.Approved {
		t.Errorf("ended as %q, want approved", got)
	}
}

func TestAReviewIsJudgedAtTheWorkflowsTime(t *testing.T) {
	env := environment(t)
	at := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	env.SetStartTime(at)
	opens(env)
	trims(env)
	reads(env)
	env.OnActivity(steps.EvaluateRules, mock.Anything, activities.EvaluateInput{CertificateRef: named, At: at}).
		Return(activities.Outcome{Status: schema.Flagged}, nil).Once()
	review(t, env)
}

func TestADeletedCertificateHasNothingToReview(t *testing.T) {
	env := environment(t)
	env.OnActivity(steps.ValidateDocument, mock.Anything, named).Return(activities.ValidateResult{Over: true}, nil).Once()
	if got := review(t, env); got != "" {
		t.Errorf("ended as %q, want nothing", got)
	}
}

func TestARefusedDocumentEndsAsError(t *testing.T) {
	why := &certificate.Refusal{Code: certificate.PasswordProtected, Message: "Remove the password."}
	for name, refuse := range map[string]func(*testsuite.TestWorkflowEnvironment){
		"when it is opened": func(env *testsuite.TestWorkflowEnvironment) {
			env.OnActivity(steps.ValidateDocument, mock.Anything, named).Return(activities.ValidateResult{Refusal: why}, nil).Once()
		},
		"when it is trimmed": func(env *testsuite.TestWorkflowEnvironment) {
			opens(env)
			env.OnActivity(steps.TrimPages, mock.Anything, mock.Anything).Return(activities.TrimResult{Refusal: why}, nil).Once()
		},
		"when it is read": func(env *testsuite.TestWorkflowEnvironment) {
			opens(env)
			trims(env)
			env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(activities.ParseResult{Refusal: why}, nil).Once()
		},
		"when the model reads it": func(env *testsuite.TestWorkflowEnvironment) {
			opens(env)
			trims(env)
			env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(activities.ParseResult{AskModel: true}, nil).Once()
			env.OnActivity(steps.AskModel, mock.Anything, mock.Anything).Return(activities.ParseResult{Refusal: why}, nil).Once()
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(t)
			refuse(env)
			records(t, env, "password_protected")
			if got := review(t, env); got != schema.Errored {
				t.Errorf("ended as %q, want error", got)
			}
		})
	}
}

func TestAnUnsureReadingIsTakenToTheModel(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(activities.ParseResult{AskModel: true}, nil).Once()
	env.OnActivity(steps.AskModel, mock.Anything, activities.ParseInput{CertificateRef: named, Key: "short.pdf"}).
		Return(activities.ParseResult{}, nil).Once()
	judges(env, schema.Flagged)
	if got := review(t, env); got != schema.Flagged {
		t.Errorf("ended as %q, want flagged", got)
	}
}

// unavailable is what the worker makes of a reader that could not work.
func unavailable(wait time.Duration) error {
	return activities.Fault(&certificate.Unavailable{Message: "The model is overloaded.", RetryAfter: wait, Cause: errors.New("529")})
}

func TestAReaderThatIsNotAvailableIsAskedAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults []error
		waits  []time.Duration // between the attempts
		status schema.Status
	}{
		{"after 30 s", []error{unavailable(0)}, []time.Duration{30 * time.Second}, schema.Approved},
		{"after 30, 60 and 120 s", []error{unavailable(0), unavailable(0), unavailable(0)},
			[]time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second}, schema.Approved},
		{"as late as it asks to be", []error{unavailable(10 * time.Minute)}, []time.Duration{10 * time.Minute}, schema.Approved},
		{"three times and no more", []error{unavailable(0), unavailable(0), unavailable(0), unavailable(0)},
			[]time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second}, schema.Errored},
		{"not when that would be after the two hours", []error{unavailable(3 * time.Hour)}, nil, schema.Errored},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := environment(t)
			opens(env)
			trims(env)
			var at []time.Time
			env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(
				func(context.Context, activities.ParseInput) (activities.ParseResult, error) {
					at = append(at, env.Now())
					if n := len(at) - 1; n < len(test.faults) {
						return activities.ParseResult{}, test.faults[n]
					}
					return activities.ParseResult{}, nil
				})
			if test.status == schema.Errored {
				records(t, env, "reader_unavailable")
			} else {
				judges(env, test.status)
			}
			if got := review(t, env); got != test.status {
				t.Errorf("ended as %q, want %q", got, test.status)
			}
			var waits []time.Duration
			for i := range at[1:] {
				waits = append(waits, at[i+1].Sub(at[i]))
			}
			if diff := cmp.Diff(test.waits, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADocumentThatKillsWorkersEnds(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	reading := 0
	env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(
		func(context.Context, activities.ParseInput) (activities.ParseResult, error) {
			reading++
			return activities.ParseResult{}, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_HEARTBEAT, nil)
		})
	records(t, env, "internal")
	if got := review(t, env); got != schema.Errored {
		t.Errorf("ended as %q, want error", got)
	}
	if want := 9; reading != want {
		t.Errorf("was read by %d workers, want %d: the first and 8 that were lost", reading, want)
	}
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	reads(env)
	failed := 0
	env.OnActivity(steps.EvaluateRules, mock.Anything, mock.Anything).Return(
		func(context.Context, activities.EvaluateInput) (activities.Outcome, error) {
			if failed++; failed <= 50 {
				return activities.Outcome{}, activities.Fault(errors.New("connection refused"))
			}
			return activities.Outcome{Status: schema.Approved}, nil
		})
	if got := review(t, env); got != schema.Approved {
		t.Errorf("ended as %q, want approved", got)
	}
}

// broken is what the worker makes of a part that does not do what was asked.
func broken(kind string) error { return temporal.NewApplicationError("a part is away", kind) }

func TestAReadingOutlastsADatabaseAndAStoreThatAreAway(t *testing.T) {
	for _, test := range []struct {
		kind   string
		away   time.Duration
		status schema.Status
		code   string // of the error
	}{
		{activities.FaultDatabase, time.Hour, schema.Approved, ""},
		{activities.FaultStorage, time.Hour, schema.Approved, ""},
		{activities.FaultStopped, 10 * time.Minute, schema.Approved, ""},
		{activities.FaultDatabase, 3 * time.Hour, schema.Errored, "timed_out"},
		{activities.FaultInternal, time.Hour, schema.Errored, "internal"},
	} {
		t.Run(test.kind+" for "+test.away.String(), func(t *testing.T) {
			env := environment(t)
			opens(env)
			trims(env)
			began := env.Now()
			env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(
				func(context.Context, activities.ParseInput) (activities.ParseResult, error) {
					if env.Now().Sub(began) < test.away {
						return activities.ParseResult{}, broken(test.kind)
					}
					return activities.ParseResult{}, nil
				})
			if test.status == schema.Errored {
				records(t, env, test.code)
			} else {
				judges(env, test.status)
			}
			if got := review(t, env); got != test.status {
				t.Errorf("ended as %q, want %q", got, test.status)
			}
			if took := env.Now().Sub(began); took > 2*time.Hour+time.Minute {
				t.Errorf("ended after %v", took)
			}
		})
	}
}

func TestAReviewThatHasBegunEndsWithinTwoHours(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	reads(env)
	began := env.Now()
	env.OnActivity(steps.EvaluateRules, mock.Anything, mock.Anything).Return(activities.Outcome{}, activities.Fault(errors.New("connection refused")))
	records(t, env, "timed_out")
	if got := review(t, env); got != schema.Errored {
		t.Errorf("ended as %q, want error", got)
	}
	if took := env.Now().Sub(began); took > 2*time.Hour+time.Minute {
		t.Errorf("ended after %v", took)
	}
}

func TestACancelledReviewEndsAsError(t *testing.T) {
	env := environment(t)
	opens(env)
	trims(env)
	env.OnActivity(steps.ParseCertificate, mock.Anything, mock.Anything).Return(activities.ParseResult{}, unavailable(0))
	records(t, env, "cancelled")
	env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Second)
	if got := review(t, env); got != schema.Errored {
		t.Errorf("ended as %q, want error", got)
	}
}

func TestAVerdictSendsItsDeliveriesOnTheirWay(t *testing.T) {
	env := environment(t)
	first := activities.DeliveryRef{ID: "del_first", Endpoint: "whe_first"}
	second := activities.DeliveryRef{ID: "del_second", Endpoint: "whe_second"}
	env.OnActivity(steps.ValidateDocument, mock.Anything, named).
		Return(activities.ValidateResult{Key: "long.pdf", Pages: 5, Analysed: 2, Deliveries: []activities.DeliveryRef{first}}, nil).Once()
	trims(env)
	reads(env)
	judges(env, schema.Flagged, second)
	var started []activities.DeliverInput
	env.OnWorkflow(workflows.DeliverWebhook, mock.Anything, mock.Anything).Return(
		func(_ workflow.Context, in activities.DeliverInput) error {
			started = append(started, in)
			return nil
		})
	review(t, env)
	want := []activities.DeliverInput{
		{Account: "acct_test", ID: "del_first", Endpoint: "whe_first"}, {Account: "acct_test", ID: "del_second", Endpoint: "whe_second"},
	}
	if diff := cmp.Diff(want, started); diff != "" {
		t.Errorf("deliveries started (-want +got):\n%s", diff)
	}
}

func TestNoReviewWaitsForAWorkerThatAsksModelsUntilItsTimeIsOver(t *testing.T) {
	for required, want := range map[bool]time.Duration{false: 30 * time.Minute, true: 0} {
		if got := workflows.AskModelOptions(required, time.Hour).ScheduleToStartTimeout; got != want {
			t.Errorf("required %v: waits %v, want %v", required, got, want)
		}
	}
}

func TestAModelThatIsAwayCostsNoReading(t *testing.T) {
	for _, test := range []struct {
		name     string
		required bool
		fault    error
		times    int
		status   schema.Status
		code     string
	}{
		{"where the layout reader's will do", false, unavailable(0), 4, schema.Flagged, ""},
		{"nor one whose queue has no worker", false, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_SCHEDULE_TO_START, nil), 1, schema.Flagged, ""},
		{"nor one that takes all its time", false, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_START_TO_CLOSE, nil), 9, schema.Flagged, ""},
		{"nor one that ends workers", false, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_HEARTBEAT, nil), 9, schema.Flagged, ""},
		{"but where the model has to be asked", true, unavailable(0), 4, schema.Errored, "reader_unavailable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := environment(t)
			opens(env)
			trims(env)
			env.OnActivity(steps.ParseCertificate, mock.Anything, activities.ParseInput{CertificateRef: named, Key: "short.pdf"}).
				Return(activities.ParseResult{AskModel: true, ModelRequired: test.required}, nil).Once()
			env.OnActivity(steps.AskModel, mock.Anything, mock.Anything).Return(activities.ParseResult{}, test.fault).Times(test.times)
			if test.required {
				records(t, env, test.code)
			} else {
				env.OnActivity(steps.ParseCertificate, mock.Anything, activities.ParseInput{CertificateRef: named, Key: "short.pdf", LayoutOnly: true}).
					Return(activities.ParseResult{}, nil).Once()
				judges(env, test.status)
			}
			if got := review(t, env); got != test.status {
				t.Errorf("ended as %q, want %q", got, test.status)
			}
		})
	}
}
