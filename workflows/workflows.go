// Package workflows is the orchestration: ReviewCertificate reviews one certificate, BulkReview a whole upload, DeliverWebhook tells
// one endpoint about one event, RecoverEndpoint sends an endpoint what it missed, Sweep starts what should run and does not, ExpiryWatch
// tells which coverage ends soon. Everything here is deterministic and does no I/O; what is done to the world stands in package
// activities. The functions that start a workflow stand beside it, with its id and its policies.
//
// A change that a recorded history cannot replay would break certificates that are under review; TestReplay says which.
package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
)

// The task queues (ARCHITECTURE.md, "Queues").
const (
	ReviewsQueue   = "reviews"   // workflows and steps that only touch the database
	DocumentsQueue = "documents" // untrusted bytes
	ModelsQueue    = "models"    // language models, rate-limited
	WebhooksQueue  = "webhooks"  // requests to clients' servers
)

// The search attributes by which operators find workflows; registered when a worker starts.
var (
	AttributeAccount    = temporal.NewSearchAttributeKeyKeyword("CertflowAccount")
	AttributeContractor = temporal.NewSearchAttributeKeyKeyword("CertflowContractor")
	AttributeTracker    = temporal.NewSearchAttributeKeyKeyword("CertflowTracker")
	AttributeJob        = temporal.NewSearchAttributeKeyKeyword("CertflowJob")
	AttributeStatus     = temporal.NewSearchAttributeKeyKeyword("CertflowStatus")
)

// The steps of the workflows. ExecuteActivity takes only the names of their methods, so these stay nil.
var (
	reviewSteps  *activities.Review
	bulkSteps    *activities.Bulk
	deliverSteps *activities.Deliver
	sweepSteps   *activities.Sweep
)

// RegisterReviews registers the workflows of the reviews queue, for a worker and for the replayer alike. Reviews are pinned to the
// build that began them; sweeps move to the newest.
func RegisterReviews(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(ReviewCertificate, workflow.RegisterOptions{
		Name: "ReviewCertificate", VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	r.RegisterWorkflowWithOptions(BulkReview, workflow.RegisterOptions{
		Name: "BulkReview", VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	r.RegisterWorkflowWithOptions(Sweep, workflow.RegisterOptions{
		Name: "Sweep", VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	r.RegisterWorkflowWithOptions(ExpiryWatch, workflow.RegisterOptions{
		Name: "ExpiryWatch", VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
}

// RegisterWebhooks registers the workflows of the webhooks queue. A delivery may take days and moves to the newest build: as a
// child of a pinned review it would otherwise keep old workers alive.
func RegisterWebhooks(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(DeliverWebhook, workflow.RegisterOptions{
		Name: "DeliverWebhook", VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	r.RegisterWorkflowWithOptions(RecoverEndpoint, workflow.RegisterOptions{
		Name: "RecoverEndpoint", VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
}
