DROP FUNCTION certflow_drop_months, certflow_kept_from, certflow_purge, certflow_due_purges, certflow_forget_events,
  certflow_retaining_accounts, certflow_accounts_after;
REVOKE ALL ON attempts, parses, audits FROM certflow_system;
REVOKE DELETE ON events, deliveries FROM certflow_system;
REVOKE UPDATE (purged_at) ON certificates FROM certflow_system;
ALTER TABLE certificates DROP COLUMN purged_at;
DROP TABLE expiry_notices, expiries;
