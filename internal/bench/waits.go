package bench

import (
	"context"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
)

// waits say where the time of a workflow went.
type waits struct {
	workflowQueue, workflow time.Duration // workflow tasks: until a worker took them, and at work
	activityQueue, activity time.Duration // the same of activities
}

// waitsOf reads a history. Activities of reviews run one after another, so that the times add up.
func waitsOf(events []*historypb.HistoryEvent) waits {
	at := map[int64]time.Time{}
	var w waits
	for _, e := range events {
		now := e.GetEventTime().AsTime()
		at[e.GetEventId()] = now
		switch e.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_TASK_STARTED:
			w.workflowQueue += now.Sub(at[e.GetWorkflowTaskStartedEventAttributes().GetScheduledEventId()])
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			w.workflow += now.Sub(at[e.GetWorkflowTaskCompletedEventAttributes().GetStartedEventId()])
		case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			w.activityQueue += now.Sub(at[e.GetActivityTaskStartedEventAttributes().GetScheduledEventId()])
		case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			w.activity += now.Sub(at[e.GetActivityTaskCompletedEventAttributes().GetStartedEventId()])
		}
	}
	return w
}

func (w waits) String() string {
	return fmt.Sprintf("workflow tasks waited %d ms and took %d ms, activities waited %d ms and took %d ms",
		w.workflowQueue.Milliseconds(), w.workflow.Milliseconds(), w.activityQueue.Milliseconds(), w.activity.Milliseconds())
}

// eventsOf reads the history of a workflow's latest run once it has ended.
func eventsOf(ctx context.Context, c client.Client, id string) ([]*historypb.HistoryEvent, error) {
	if err := c.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		return nil, fmt.Errorf("wait for the end of %s: %w", id, err)
	}
	var events []*historypb.HistoryEvent
	for it := c.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
		events = append(events, event)
	}
	return events, nil
}
