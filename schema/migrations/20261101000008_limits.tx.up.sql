-- What protects the service: how much waits for its verdict, and who used which key.

-- The use of keys, counted by the hour: by which key, from which address, for what, with what answer. Kept 400 days, then swept.
ALTER TABLE api_keys ADD UNIQUE (account_id, id);
CREATE TABLE key_uses (
  account_id text NOT NULL REFERENCES accounts,
  key_id     text NOT NULL,
  hour       timestamptz NOT NULL,
  address    inet NOT NULL,
  operation  text NOT NULL,
  status     integer NOT NULL,
  first_at   timestamptz NOT NULL,
  last_at    timestamptz NOT NULL,
  requests   bigint NOT NULL CHECK (requests > 0),
  PRIMARY KEY (key_id, hour, address, operation, status),
  FOREIGN KEY (account_id, key_id) REFERENCES api_keys (account_id, id)
);
CREATE INDEX ON key_uses (account_id, last_at);
CREATE INDEX ON key_uses (hour);
SELECT certflow_wall('key_uses', 'SELECT');
GRANT SELECT, INSERT, UPDATE, DELETE ON key_uses TO certflow_system;

-- The keys are locked in one order, so that processes which note uses of the same keys do not wait for one another in a circle.
CREATE FUNCTION certflow_note_key_uses(uses jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT FROM api_keys WHERE id IN (SELECT key_id FROM jsonb_to_recordset(uses) AS u (key_id text)) ORDER BY id FOR NO KEY UPDATE;
  UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, u.at)
  FROM (SELECT key_id, max(last_at) AS at FROM jsonb_to_recordset(uses) AS u (key_id text, last_at timestamptz) GROUP BY key_id) u
  WHERE k.id = u.key_id;
  INSERT INTO key_uses AS old (account_id, key_id, hour, address, operation, status, first_at, last_at, requests)
  SELECT k.account_id, k.id, date_trunc('hour', u.last_at, 'UTC'), u.address, u.operation, u.status, min(u.first_at), max(u.last_at), sum(u.requests)
  FROM jsonb_to_recordset(uses) AS u (key_id text, address inet, operation text, status integer, first_at timestamptz, last_at timestamptz, requests bigint)
  JOIN api_keys k ON k.id = u.key_id
  GROUP BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (key_id, hour, address, operation, status) DO UPDATE SET
    first_at = least(old.first_at, excluded.first_at), last_at = greatest(old.last_at, excluded.last_at), requests = old.requests + excluded.requests
$$;

CREATE FUNCTION certflow_forget_key_uses(older_than timestamptz, most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH gone AS (
    DELETE FROM key_uses WHERE ctid IN (SELECT ctid FROM key_uses WHERE hour < older_than LIMIT most)
    RETURNING 1)
  SELECT count(*) FROM gone
$$;

-- How many certificates wait for their verdict, those of bulk uploads that are still to be made among them, counted up to most; and
-- since how many seconds the first of them.
CREATE FUNCTION certflow_backlog(most integer) RETURNS TABLE (certificates bigint, oldest_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT least(most,
      (SELECT count(*) FROM (
        SELECT FROM certificates c WHERE c.status IN ('pending', 'processing') AND c.deleted_at IS NULL ORDER BY c.created_at LIMIT most) AS open)
      + coalesce((SELECT sum(jsonb_array_length(j.plan->'files')) FROM jobs j WHERE j.status = 'provisioning' AND j.deleted_at IS NULL), 0)),
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(c.created_at)) FROM certificates c
      WHERE c.status IN ('pending', 'processing') AND c.deleted_at IS NULL), 0)
$$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN (
    'certflow_note_key_uses', 'certflow_forget_key_uses', 'certflow_backlog') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM public', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO certflow_app', f);
    EXECUTE format('ALTER FUNCTION %s OWNER TO certflow_system', f);
  END LOOP;
END $$;
