-- What must look across accounts: named functions that belong to certflow_system and give ids and accounts only. Everything
-- else that is done with what they name goes through the walls, one account at a time.

GRANT SELECT ON accounts, api_keys, idempotency_keys, certificates, jobs, deliveries, events TO certflow_system;
GRANT DELETE ON idempotency_keys TO certflow_system;
GRANT UPDATE (last_used_at) ON api_keys TO certflow_system;

CREATE FUNCTION certflow_key_of(wanted bytea)
RETURNS TABLE (account_id text, key_id text, live boolean, list_format text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.account_id, k.id, a.live, a.list_format FROM api_keys k JOIN accounts a USING (account_id)
  WHERE k.hash = wanted AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
$$;

CREATE FUNCTION certflow_accounts() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT account_id FROM accounts ORDER BY account_id
$$;

-- Open certificates whose review nobody has tried to start since the moment given. A job's certificates are its parent's
-- affair as long as the job is open.
CREATE FUNCTION certflow_due_reviews(older_than timestamptz, tried_before timestamptz, most integer)
RETURNS TABLE (account_id text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.account_id, c.id FROM certificates c
  WHERE c.status IN ('pending', 'processing') AND c.deleted_at IS NULL AND c.created_at < older_than
    AND (c.last_start_at IS NULL OR c.last_start_at < tried_before)
    AND NOT (c.in_job AND EXISTS (SELECT FROM jobs j WHERE j.id = c.job_id AND j.status IN ('provisioning', 'running')))
  ORDER BY c.last_start_at NULLS FIRST, c.created_at LIMIT most
$$;

CREATE FUNCTION certflow_due_jobs(older_than timestamptz, most integer)
RETURNS TABLE (account_id text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT j.account_id, j.id FROM jobs j
  WHERE j.status IN ('provisioning', 'running') AND j.deleted_at IS NULL AND j.updated_at < older_than
  ORDER BY j.updated_at LIMIT most
$$;

-- Certificates whose review began before the moment given and has not ended.
CREATE FUNCTION certflow_overdue_reviews(begun_before timestamptz, most integer)
RETURNS TABLE (account_id text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.account_id, c.id FROM certificates c
  WHERE c.status IN ('pending', 'processing') AND c.deleted_at IS NULL AND c.begun_at < begun_before
  ORDER BY c.begun_at LIMIT most
$$;

CREATE FUNCTION certflow_due_deliveries(due_before timestamptz, most integer)
RETURNS TABLE (account_id text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT d.account_id, d.id FROM deliveries d
  WHERE d.status = 'pending' AND d.next_attempt_at < due_before
  ORDER BY d.next_attempt_at LIMIT most
$$;

-- Those of the given blob keys that a certificate or an open bulk job refers to.
CREATE FUNCTION certflow_known_blobs(keys text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.blob_key FROM certificates c WHERE c.blob_key = ANY (keys)
  UNION
  SELECT f->>'blob_key' FROM jobs j, jsonb_array_elements(j.plan->'files') f
  WHERE j.status IN ('provisioning', 'running') AND f->>'blob_key' = ANY (keys)
$$;

CREATE FUNCTION certflow_forget_idempotency_keys(older_than timestamptz, most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH gone AS (
    DELETE FROM idempotency_keys WHERE (account_id, key) IN (
      SELECT account_id, key FROM idempotency_keys WHERE created_at < older_than AND lease_until < now() LIMIT most)
    RETURNING 1)
  SELECT count(*) FROM gone
$$;

CREATE FUNCTION certflow_note_key_use(used text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE api_keys SET last_used_at = now() WHERE id = ANY (used)
$$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN (
    'certflow_key_of', 'certflow_accounts', 'certflow_due_reviews', 'certflow_due_jobs', 'certflow_overdue_reviews',
    'certflow_due_deliveries', 'certflow_known_blobs', 'certflow_forget_idempotency_keys', 'certflow_note_key_use') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM public', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO certflow_app', f);
    EXECUTE format('ALTER FUNCTION %s OWNER TO certflow_system', f);
  END LOOP;
END $$;
