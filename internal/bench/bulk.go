package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"certflow/api/client"
	"certflow/internal/sample"
	"certflow/internal/service"
)

// bulkPath takes many files in one request.
const bulkPath = "/files/external_certificates/tracker/placeholder/bulk"

func measureBulk(ctx context.Context, r *run) error {
	noop, err := r.noopJob(ctx)
	if err != nil {
		return err
	}
	files, err := drawn(r.seed, r.bulk, uploadSize, sample.Text)
	if err != nil {
		return err
	}
	read, err := r.readings(ctx, files)
	if err != nil {
		return err
	}
	return r.wholeJob(ctx, files, noop, read)
}

// noopJob runs a job that has to continue as new and returns the CPU time in seconds of one of its no-op reviews.
func (r *run) noopJob(ctx context.Context) (seconds float64, err error) {
	b, err := r.startBare(ctx, r.bulkChain)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if _, _, _, err := b.reviews(ctx, min(50, r.noops)); err != nil { // the first ones warm caches
		return 0, err
	}
	b.steps.ended.Store(0)
	c, err := b.job(ctx, r.bulkChain, r.bulkPerRun)
	if err != nil {
		return 0, err
	}
	lost := r.bulkChain - min(c.counted, int(b.steps.ended.Load()))
	doubled := max(c.counted, int(b.steps.ended.Load())) - r.bulkChain
	r.add(Figure{Name: fmt.Sprintf("children lost or counted twice of a job of %d no-op reviews", r.bulkChain), Value: float64(max(lost, doubled)),
		Unit: "children", Target: atMost(0), Note: fmt.Sprintf("%d runs", c.runs)})
	r.add(Figure{Name: "parent history events per child of that job", Value: float64(c.events) / float64(r.bulkChain), Unit: "events", Target: atMost(4)})
	r.add(Figure{Name: "reviews of no-op activities in a job", Value: c.rate, Unit: "/s"})
	r.add(Figure{Name: "CPU of a review of no-op activities in a job", Value: c.seconds * 1000, Unit: "ms", Note: c.parts})
	r.say("%d no-op reviews in %d runs, %.0f ms of CPU each", r.bulkChain, c.runs, c.seconds*1000)
	return c.seconds, nil
}

// bulkForm is one request with all files.
func (t *tenant) bulkForm(ctx context.Context, files []file) (*form, error) {
	tracker, err := t.client.CreateTrackerWithResponse(ctx, nil, client.TrackerCreate{Name: "Bench"})
	if err != nil {
		return nil, fmt.Errorf("create a tracker: %w", err)
	}
	if tracker.JSON201 == nil {
		return nil, service.ResponseError("create a tracker", tracker.HTTPResponse, tracker.Body)
	}
	return newForm([][2]string{{"tracker_id", tracker.JSON201.ID}}, "certificates[]", files)
}

// wholeJob uploads files in one request and follows them to their verdicts. noop and read are the CPU seconds of a no-op review and of
// reading one of the files.
func (r *run) wholeJob(ctx context.Context, files []file, noop, read float64) (err error) {
	s, err := r.start(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	t, err := s.warmTenant(ctx, files, "Bulk")
	if err != nil {
		return err
	}
	j, err := s.bulkJob(ctx, t, files)
	if err != nil {
		return err
	}
	seconds, statuses, err := s.span(ctx, t.account)
	if err != nil {
		return err
	}
	n := float64(len(files))
	r.compare("verdicts", n/seconds, noop, read, j.others)
	r.add(Figure{Name: fmt.Sprintf("201 of %d files of 100 kB in one request", len(files)), Value: j.accepted.Seconds(), Unit: "s", Target: atMost(8)})
	r.add(Figure{Name: "most memory of the API", Value: float64(j.peak) / 1e6, Unit: "MB", Target: atMost(200)})
	r.add(Figure{Name: "CPU of a certificate of the job", Value: total(j.used).Seconds() * 1000 / n, Unit: "ms", Note: perUnit(j.used, len(files))})
	r.out.Notes = append(r.out.Notes, "verdicts: "+statuses)
	events, err := s.historyLength(ctx, j.id)
	if err != nil {
		return err
	}
	r.add(Figure{Name: "parent history events per child", Value: float64(events) / n, Unit: "events", Target: atMost(4)})
	return nil
}

// bulkRun is what a bulk upload took from its request to its last verdict.
type bulkRun struct {
	id       string                   // of the job
	accepted time.Duration            // to the 201
	used     map[string]time.Duration // CPU time, by process
	others   float64                  // CPU seconds a second that other programs of the machine used meanwhile
	peak     int64                    // most memory of the API, in bytes
}

// bulkJob uploads files in one request and waits for all verdicts.
func (s *stack) bulkJob(ctx context.Context, t *tenant, files []file) (bulkRun, error) {
	body, err := t.bulkForm(ctx, files)
	if err != nil {
		return bulkRun{}, err
	}
	if err := forgetPeak(s.api); err != nil {
		return bulkRun{}, err
	}
	before, err := treeCPU(os.Getpid())
	if err != nil {
		return bulkRun{}, err
	}
	busy, err := machineCPU()
	if err != nil {
		return bulkRun{}, err
	}
	began := time.Now()
	var answer struct {
		Job          string
		Certificates []struct{ ID string }
	}
	if err := t.post(ctx, bulkPath, body, &answer); err != nil {
		return bulkRun{}, err
	}
	j := bulkRun{id: answer.Job, accepted: time.Since(began)}
	s.run.say("201 after %.1f s", j.accepted.Seconds())
	if err := s.verdicts(ctx, t, len(files)); err != nil {
		return bulkRun{}, err
	}
	took := time.Since(began)
	if _, j.peak, err = memoryOf(s.api); err != nil {
		return bulkRun{}, err
	}
	after, err := treeCPU(os.Getpid())
	if err != nil {
		return bulkRun{}, err
	}
	busyAfter, err := machineCPU()
	if err != nil {
		return bulkRun{}, err
	}
	j.used = spent(before, after)
	j.others = max(0, (busyAfter-busy-total(j.used)).Seconds()/took.Seconds())
	return j, nil
}

// historyLength waits for the end of a job's workflow and counts the events of its last run.
func (s *stack) historyLength(ctx context.Context, job string) (int64, error) {
	if err := s.dev.Service.Temporal.GetWorkflow(ctx, job, "").Get(ctx, nil); err != nil {
		return 0, fmt.Errorf("wait for the end of the job: %w", err)
	}
	described, err := s.dev.Service.Temporal.DescribeWorkflowExecution(ctx, job, "")
	if err != nil {
		return 0, fmt.Errorf("look at the job's workflow: %w", err)
	}
	return described.GetWorkflowExecutionInfo().GetHistoryLength(), nil
}
