package bench

import (
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/google/go-cmp/cmp"
)

func TestTheTimeOfAWorkflowIsSplitIntoWaitingAndWork(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	event := func(id int64, ms int, kind enums.EventType) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: id, EventType: kind, EventTime: timestamppb.New(began.Add(time.Duration(ms) * time.Millisecond))}
	}
	taskStarted := event(3, 10, enums.EVENT_TYPE_WORKFLOW_TASK_STARTED)
	taskStarted.Attributes = &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
		WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{ScheduledEventId: 2}}
	taskDone := event(4, 13, enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	taskDone.Attributes = &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{
		WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{StartedEventId: 3}}
	started := event(6, 113, enums.EVENT_TYPE_ACTIVITY_TASK_STARTED)
	started.Attributes = &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
		ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: 5}}
	done := event(7, 120, enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
	done.Attributes = &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
		ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{StartedEventId: 6}}
	got := waitsOf([]*historypb.HistoryEvent{
		event(1, 0, enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED), event(2, 0, enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), taskStarted, taskDone,
		event(5, 13, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), started, done,
	}).String()
	if diff := cmp.Diff("workflow tasks waited 10 ms and took 3 ms, activities waited 100 ms and took 7 ms", got); diff != "" {
		t.Error(diff)
	}
}
