package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/schema"
	"certflow/workflows"
)

var bulkSteps *activities.Bulk

var job = activities.JobRef{Account: "acct_test", ID: "jb_test"}

// bulkEnvironment is an environment with a job of so many certificates, whose reviews end as outcome says.
func bulkEnvironment(t *testing.T, total int, outcome func(certificate string) (workflows.ReviewResult, error)) *testsuite.TestWorkflowEnvironment {
	env := environment(t)
	env.RegisterActivity(bulkSteps)
	env.OnActivity(bulkSteps.ProvisionJob, mock.Anything, job).Return(activities.ProvisionResult{Total: total}, nil).Maybe()
	env.OnActivity(bulkSteps.ListJob, mock.Anything, mock.Anything).Return(
		func(_ context.Context, in activities.ListJobInput) (activities.ListJobResult, error) {
			var page activities.ListJobResult
			for i := in.From; i < min(in.From+in.Most, total); i++ {
				page.Reviews = append(page.Reviews, activities.JobReview{Certificate: fmt.Sprintf("ci_%d", i), Contractor: "cn_test", Evaluation: 1})
			}
			return page, nil
		}).Maybe()
	env.OnActivity(bulkSteps.WatchJob, mock.Anything, mock.Anything).Return(activities.WatchJobResult{}, nil).Maybe()
	env.OnWorkflow(workflows.ReviewCertificate, mock.Anything, mock.Anything).Return(
		func(ctx workflow.Context, in workflows.ReviewInput) (workflows.ReviewResult, error) {
			if err := workflow.Sleep(ctx, time.Second); err != nil {
				return workflows.ReviewResult{}, err
			}
			return outcome(in.Certificate)
		}).Maybe()
	return env
}

func approves(string) (workflows.ReviewResult, error) {
	return workflows.ReviewResult{Status: schema.Approved}, nil
}

// ends expects that the job is ended as a status.
func ends(env *testsuite.TestWorkflowEnvironment, status string, deliveries ...activities.DeliveryRef) {
	env.OnActivity(bulkSteps.EndJob, mock.Anything, mock.MatchedBy(func(in activities.EndJobInput) bool {
		return in.JobRef == job && in.Status == status
	})).Return(deliveries, nil).Once()
}

func bulkResult(t *testing.T, env *testsuite.TestWorkflowEnvironment) workflows.BulkResult {
	t.Helper()
	env.ExecuteWorkflow(workflows.BulkReview, workflows.BulkInput{Account: job.Account, Job: job.ID})
	var out workflows.BulkResult
	if err := env.GetWorkflowResult(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAJobReviewsEachOfItsCertificatesOnce(t *testing.T) {
	seen := map[string]int{}
	env := bulkEnvironment(t, 300, func(certificate string) (workflows.ReviewResult, error) {
		seen[certificate]++
		return approves(certificate)
	})
	ends(env, schema.JobCompleted)
	out := bulkResult(t, env)
	if diff := cmp.Diff(map[schema.Status]int{schema.Approved: 300}, out.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	for certificate, n := range seen {
		if n != 1 {
			t.Errorf("%s was reviewed %d times", certificate, n)
		}
	}
}

func TestOneReviewsFailureIsCountedAndHurtsNoOther(t *testing.T) {
	env := bulkEnvironment(t, 5, func(certificate string) (workflows.ReviewResult, error) {
		if certificate == "ci_2" {
			return workflows.ReviewResult{}, errors.New("a bug")
		}
		return approves(certificate)
	})
	ends(env, schema.JobCompleted)
	out := bulkResult(t, env)
	if diff := cmp.Diff(map[schema.Status]int{schema.Approved: 4, schema.Errored: 1}, out.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestCancellingAJobStopsWhatHasNotBegun(t *testing.T) {
	begun := 0
	var env *testsuite.TestWorkflowEnvironment
	env = bulkEnvironment(t, 200, func(certificate string) (workflows.ReviewResult, error) {
		if begun++; begun == 1 { // the mocked clock goes on while activities run: at a time of it, any number may have begun
			env.SignalWorkflow(workflows.CancelSignal, nil)
		}
		return approves(certificate)
	})
	env.OnActivity(bulkSteps.CancelRest, mock.Anything, job).Return(activities.Cancelled(150), nil).Once()
	ends(env, schema.JobCancelled)
	out := bulkResult(t, env)
	if out.Status != schema.JobCancelled || begun == 0 || begun == 200 {
		t.Errorf("ended as %s after %d reviews had begun", out.Status, begun)
	}
	if out.Counts[schema.Approved] != begun {
		t.Errorf("%d reviews ended, %d had begun: those are left to end", out.Counts[schema.Approved], begun)
	}
}

func TestAJobThatCannotBeProvisionedFailsAndSaysSo(t *testing.T) {
	env := environment(t)
	env.RegisterActivity(bulkSteps)
	env.OnActivity(bulkSteps.ProvisionJob, mock.Anything, job).Return(activities.ProvisionResult{}, activities.Fault(errors.New("no such column")))
	ends(env, schema.JobFailed)
	out := bulkResult(t, env)
	if out.Status != schema.JobFailed {
		t.Errorf("ended as %s, want failed", out.Status)
	}
}

// asksWhenMade asks a job as it begins when it is made. It says whether the answer came.
func asksWhenMade(t *testing.T, env *testsuite.TestWorkflowEnvironment) (answered *bool) {
	answered = new(bool)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(workflows.ProvisionUpdate, "provision", &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { t.Error("the update was rejected:", err) },
			OnComplete: func(result any, err error) {
				*answered = true
				if err != nil || result != "" {
					t.Errorf("the update answered %v, %v", result, err)
				}
			},
		})
	}, 0)
	return answered
}

func TestTheProvisionUpdateAnswersWhenTheJobIsMade(t *testing.T) {
	env := bulkEnvironment(t, 3, approves)
	ends(env, schema.JobCompleted)
	answered := asksWhenMade(t, env)
	bulkResult(t, env)
	if !*answered {
		t.Error("the update was not answered")
	}
}

func TestTheProvisionUpdateAnswersTooWhenTheJobHasContinuedAsNew(t *testing.T) {
	env := bulkEnvironment(t, 3, approves)
	ends(env, schema.JobCompleted)
	answered := asksWhenMade(t, env)
	env.ExecuteWorkflow(workflows.BulkReview, workflows.BulkInput{Account: job.Account, Job: job.ID, Provisioned: true, Total: 3, From: 2,
		Counts: map[schema.Status]int{schema.Approved: 2}})
	if err := env.GetWorkflowError(); err != nil || !*answered {
		t.Errorf("the job ended with %v; the update was answered: %v", err, *answered)
	}
	env.AssertNotCalled(t, "ProvisionJob", mock.Anything, job)
}

func TestALongJobContinuesAsNewWithWhatItHasCounted(t *testing.T) {
	env := bulkEnvironment(t, 25, approves)
	env.ExecuteWorkflow(workflows.BulkReview, workflows.BulkInput{Account: job.Account, Job: job.ID, PerRun: 10})
	var again *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &again) {
		t.Fatalf("ended with %v, want continue-as-new", err)
	}
	var next workflows.BulkInput
	if err := converter.GetDefaultDataConverter().FromPayloads(again.Input, &next); err != nil {
		t.Fatal(err)
	}
	want := workflows.BulkInput{Account: job.Account, Job: job.ID, Provisioned: true, Total: 25, From: 10, PerRun: 10,
		Counts: map[schema.Status]int{schema.Approved: 10}}
	if diff := cmp.Diff(want, next); diff != "" {
		t.Errorf("next run's input (-want +got):\n%s", diff)
	}
}
