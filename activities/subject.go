package activities

import "certflow/internal/telemetry"

// What a step's input says of what it works on, for logs and traces.

// Subject names the certificate.
func (c CertificateRef) Subject() telemetry.IDs {
	return telemetry.IDs{Account: c.Account, Certificate: c.ID}
}

// Subject names the delivery.
func (in DeliverInput) Subject() telemetry.IDs {
	return telemetry.IDs{Account: in.Account, Delivery: in.ID, Endpoint: in.Endpoint}
}

// Subject names the job.
func (j JobRef) Subject() telemetry.IDs { return telemetry.IDs{Account: j.Account, Job: j.ID} }

// Subject names the endpoint whose events are sent again.
func (in RecoverInput) Subject() telemetry.IDs {
	return telemetry.IDs{Account: in.Account, Endpoint: in.Endpoint}
}
