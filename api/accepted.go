package api

// retryJobAfter is how many seconds a client should wait before it repeats a bulk upload that was accepted.
const retryJobAfter = 5

func jobURL(job string) string { return basePath + "/jobs/" + job }

// acceptedBody is the body of the 202 of a bulk upload.
func acceptedBody(job string) BulkAccepted {
	return BulkAccepted{Job: job, Message: "The certificates are safe and are being set up. Repeat the request with its idempotency key for their ids, or watch the job."}
}
