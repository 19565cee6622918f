package api

import (
	"cmp"
	"time"
)

// Limits bounds what one request may be, and what one process takes on at a time. Zero values are replaced by the defaults, which are those
// of CONTRACT §1, §2 and §6 where it has any.
type Limits struct {
	Header         int   // bytes of a request's line and header; 32 KiB
	Body           int64 // bytes of a body that is no upload; 1 MiB
	File           int64 // bytes of one PDF; 15 MiB
	BulkFiles      int   // files of one bulk upload; 500
	BulkBytes      int64 // bytes of one bulk upload; 1 GiB
	Metadata       int64 // bytes of certificates_metadata; 1 MiB
	CustomMetadata int64 // bytes of the custom_metadata of a single upload; 64 KiB

	Pause      time.Duration // between two pieces of a body, and what a body has before Rate counts; 30 s
	Rate       int64         // bytes a second that a body brings on average; 4 KiB
	UploadTime time.Duration // for a whole body; 15 min
	Lease      time.Duration // of an idempotency key whose request has stopped renewing it, as a killed process has; 20 s

	Connections    int // connections that one process keeps open; 8,192
	Requests       int // requests that one process answers at a time, streams of events among them; 2,000
	Uploads        int // uploads that one process takes at a time; 128
	AccountUploads int // of those, uploads of one account; 64
	AccountStreams int // streams of events that one process keeps open for one account; 32

	// Backlog is how many certificates may wait for their verdict, those of all accounts, before uploads are refused; 100,000.
	Backlog int
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Header: cmp.Or(l.Header, 32<<10), Body: cmp.Or(l.Body, 1<<20), File: cmp.Or(l.File, 15<<20), BulkFiles: cmp.Or(l.BulkFiles, 500),
		BulkBytes: cmp.Or(l.BulkBytes, 1<<30), Metadata: cmp.Or(l.Metadata, 1<<20), CustomMetadata: cmp.Or(l.CustomMetadata, 64<<10),
		Pause: cmp.Or(l.Pause, 30*time.Second), Rate: cmp.Or(l.Rate, 4<<10), UploadTime: cmp.Or(l.UploadTime, 15*time.Minute),
		Lease:       cmp.Or(l.Lease, 20*time.Second),
		Connections: cmp.Or(l.Connections, 8192), Requests: cmp.Or(l.Requests, 2000), Uploads: cmp.Or(l.Uploads, 128), AccountUploads: cmp.Or(l.AccountUploads, 64),
		AccountStreams: cmp.Or(l.AccountStreams, 32), Backlog: cmp.Or(l.Backlog, 100_000),
	}
}

// singleUploadSlack is what a single upload may hold beside its file, and how much too large that file may be and still be refused for its
// own size rather than the request's.
const singleUploadSlack = 16 << 20

// uploadBody bounds the body of an upload.
func (l Limits) uploadBody(operation string) int64 {
	if operation == "UploadCertificate" {
		return l.File + singleUploadSlack
	}
	return l.BulkBytes
}

// writeTime bounds the writing of an answer, from the end of the request's header on.
func (l Limits) writeTime() time.Duration { return l.UploadTime + 2*time.Minute }
