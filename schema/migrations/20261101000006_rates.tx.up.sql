-- How many requests each key has made in its present window, shared by all API processes. It need not survive a crash.
CREATE UNLOGGED TABLE request_windows (
  key_id   text PRIMARY KEY,
  began_at timestamptz NOT NULL,
  requests integer NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON request_windows TO certflow_system;

CREATE FUNCTION certflow_take_request(key text, seconds double precision)
RETURNS TABLE (requests integer, left_seconds double precision)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  INSERT INTO request_windows AS w (key_id, began_at, requests) VALUES (key, clock_timestamp(), 1)
  ON CONFLICT (key_id) DO UPDATE SET
    requests = CASE WHEN w.began_at + make_interval(secs => seconds) <= clock_timestamp() THEN 1 ELSE w.requests + 1 END,
    began_at = CASE WHEN w.began_at + make_interval(secs => seconds) <= clock_timestamp() THEN clock_timestamp() ELSE w.began_at END
  RETURNING w.requests, seconds - extract(epoch FROM clock_timestamp() - w.began_at)
$$;
REVOKE ALL ON FUNCTION certflow_take_request FROM public;
GRANT EXECUTE ON FUNCTION certflow_take_request TO certflow_app;
ALTER FUNCTION certflow_take_request OWNER TO certflow_system;
