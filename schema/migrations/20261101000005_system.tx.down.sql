DROP FUNCTION certflow_key_of, certflow_accounts, certflow_due_reviews, certflow_due_jobs, certflow_overdue_reviews,
  certflow_due_deliveries, certflow_known_blobs, certflow_forget_idempotency_keys, certflow_note_key_use;
REVOKE ALL ON accounts, api_keys, idempotency_keys, certificates, jobs, deliveries, events FROM certflow_system;
