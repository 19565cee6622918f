package service

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	enums "go.temporal.io/api/enums/v1"
	taskqueue "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"certflow/activities"
	"certflow/api"
	"certflow/worker"
	"certflow/workflows"
)

const (
	// watchInterval is how often the API looks at what it stands on, watchTimeout how long one look may take, and checkTimeout how long one part may.
	watchInterval = 15 * time.Second
	watchTimeout  = 14 * time.Second
	checkTimeout  = 3 * time.Second
	// pollerGone is how long a worker's poll of a queue lasts, and some more: one that has not come back since is gone.
	pollerGone = 75 * time.Second
	// maxOverdue is how far deliveries are counted whose attempts are overdue.
	maxOverdue = 1000
)

// watch looks at what the service stands on, so that alerts see it from outside of the part that failed: a worker that is gone cannot
// say so. Every API process watches and sees the same.
type watch struct {
	service *Service
	checks  []api.Check

	parts, pollers, waiting, waited *prometheus.GaugeVec
	overdue                         prometheus.Gauge
}

func newWatch(s *Service, checks []api.Check) *watch {
	w := &watch{
		service: s, checks: checks,
		parts: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "certflow_part_up", Help: "1 while a part that the service stands on answers: database, schema, blobs, temporal; database_writes, blob_writes: while they take what is written.",
		}, []string{"part"}),
		pollers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "certflow_queue_pollers", Help: "Workers that asked a task queue for work within 75 s, as Temporal has them.",
		}, []string{"queue", "kind"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "certflow_queue_backlog", Help: "Tasks that wait in a task queue, about.",
		}, []string{"queue", "kind"}),
		waited: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "certflow_queue_backlog_age_seconds", Help: "How long the oldest task of a queue has waited, about.",
		}, []string{"queue", "kind"}),
		overdue: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "certflow_deliveries_overdue", Help: "Webhook deliveries whose next attempt is more than a minute late; counted up to 1000.",
		}),
	}
	s.Registry.MustRegister(w.parts, w.pollers, w.waiting, w.waited, w.overdue)
	return w
}

// run looks again and again until ctx ends.
func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		w.observe(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// observe looks once at every part. What cannot be known is not shown: the part that would know it is shown as down.
func (w *watch) observe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	up := map[string]bool{}
	for _, check := range w.checks {
		value := 0.0
		if up[check.Name] = answers(ctx, check); up[check.Name] {
			value = 1
		}
		w.parts.WithLabelValues(check.Name).Set(value)
	}
	if up["database"] {
		due, err := w.service.DB.DueDeliveries(ctx, time.Now().Add(-activities.DeliveryGrace), maxOverdue)
		if err != nil {
			slog.WarnContext(ctx, "overdue deliveries could not be counted", "error", err)
		} else {
			w.overdue.Set(float64(len(due)))
		}
	}
	for _, queue := range worker.Queues() {
		w.queue(ctx, queue, up["temporal"])
	}
}

// answers reports whether a part answers, and logs why it does not, within a time of its own: one that hangs must not make the others look as if they did.
func answers(ctx context.Context, check api.Check) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := check.Do(ctx)
	if err != nil {
		slog.WarnContext(ctx, "a part does not answer", "part", check.Name, "error", err)
	}
	return err == nil
}

// queue asks Temporal about a task queue. What is shown of it stays until the answer replaces it, and goes where none comes: Prometheus may look at
// any moment, and what it does not find interrupts the time for which an alert waits.
func (w *watch) queue(ctx context.Context, name string, up bool) {
	for kind, of := range map[string]enums.TaskQueueType{"workflow": enums.TASK_QUEUE_TYPE_WORKFLOW, "activity": enums.TASK_QUEUE_TYPE_ACTIVITY} {
		if kind == "workflow" && (name == workflows.DocumentsQueue || name == workflows.ModelsQueue) {
			continue // no workflow runs there
		}
		if !up {
			w.forget(name, kind)
			continue
		}
		got, err := w.service.Temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: w.service.Config.TemporalNamespace, TaskQueue: &taskqueue.TaskQueue{Name: name}, TaskQueueType: of, ReportStats: true,
		})
		if err != nil {
			slog.WarnContext(ctx, "a task queue could not be looked at", "queue", name, "error", err)
			w.forget(name, kind)
			continue
		}
		polling := 0
		for _, p := range got.GetPollers() {
			if time.Since(p.GetLastAccessTime().AsTime()) < pollerGone {
				polling++
			}
		}
		w.pollers.WithLabelValues(name, kind).Set(float64(polling))
		w.waiting.WithLabelValues(name, kind).Set(float64(got.GetStats().GetApproximateBacklogCount()))
		w.waited.WithLabelValues(name, kind).Set(got.GetStats().GetApproximateBacklogAge().AsDuration().Seconds())
	}
}

// forget shows nothing of a task queue any more.
func (w *watch) forget(queue, kind string) {
	for _, shown := range []*prometheus.GaugeVec{w.pollers, w.waiting, w.waited} {
		shown.DeleteLabelValues(queue, kind)
	}
}

// watched are the parts that alerts look at: those that the service stands on, and whether database and store take what is written. One that
// does not refuses uploads in every process alike while all else is served, so that it is none of those that make a process unready.
func (s *Service) watched() []api.Check {
	return append(s.checks(), api.Check{Name: "database_writes", Do: s.DB.CheckWrite}, api.Check{Name: "blob_writes", Do: s.Blobs.CheckWrite})
}

// checks are the parts that the service stands on.
func (s *Service) checks() []api.Check {
	return []api.Check{
		{Name: "database", Required: true, Do: s.DB.Ping},
		{Name: "schema", Required: true, Do: s.DB.CheckSchema},
		{Name: "blobs", Required: true, Do: s.Blobs.Check},
		{Name: "temporal", Do: func(ctx context.Context) error {
			_, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		}},
	}
}
