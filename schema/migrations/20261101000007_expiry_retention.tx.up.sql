-- What the passing of time does: coverages end, and what was kept long enough goes.

-- When the first required coverage of an approved certificate ends, worked out once for each verdict; without a date there is
-- none to watch.
CREATE TABLE expiries (
  certificate_id text PRIMARY KEY,
  account_id     text NOT NULL,
  audit_id       text NOT NULL,
  approved_on    date NOT NULL,
  coverage       text,
  expires_on     date,
  CHECK ((coverage IS NULL) = (expires_on IS NULL)),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id),
  FOREIGN KEY (account_id, audit_id) REFERENCES audits (account_id, id)
);
CREATE INDEX ON expiries (account_id, expires_on) WHERE expires_on IS NOT NULL;
SELECT certflow_wall('expiries', 'SELECT, INSERT, UPDATE');

-- That it was told so many days before a date that a certificate's coverage ends.
CREATE TABLE expiry_notices (
  account_id     text NOT NULL,
  certificate_id text NOT NULL,
  expires_on     date NOT NULL,
  days           integer NOT NULL CHECK (days >= 0),
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (certificate_id, expires_on, days),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id)
);
SELECT certflow_wall('expiry_notices', 'SELECT, INSERT');

CREATE FUNCTION certflow_accounts_after(after text, most integer) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT account_id FROM accounts WHERE account_id > after ORDER BY account_id LIMIT most
$$;

ALTER TABLE certificates ADD COLUMN purged_at timestamptz CHECK (purged_at IS NULL OR deleted_at IS NOT NULL);
COMMENT ON COLUMN certificates.purged_at IS 'When the PDF and what was read of it went, after the account''s retention.';
CREATE INDEX certificates_to_purge ON certificates (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

GRANT SELECT ON attempts, parses, audits TO certflow_system;
GRANT DELETE ON events, deliveries, attempts, parses TO certflow_system;
GRANT UPDATE (purged_at) ON certificates TO certflow_system;
GRANT UPDATE (parse_no) ON audits TO certflow_system;

CREATE FUNCTION certflow_retaining_accounts() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT account_id FROM accounts WHERE retention_days IS NOT NULL ORDER BY account_id
$$;

-- Deletes up to so many of an account's events that are older than its retention, with their deliveries and attempts, and
-- returns how many. What is still to be delivered stays until that has ended.
CREATE FUNCTION certflow_forget_events(account text, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  before timestamptz; old text[]; earliest timestamptz; latest timestamptz;
BEGIN
  SELECT now() - make_interval(days => retention_days) INTO before FROM accounts WHERE account_id = account;
  SELECT array_agg(id), min(created_at), max(created_at) INTO old, earliest, latest FROM (
    SELECT e.id, e.created_at FROM events e
    WHERE e.account_id = account AND e.created_at < before
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.event_id = e.id AND d.event_created_at = e.created_at AND d.status = 'pending')
    ORDER BY e.created_at LIMIT most) AS doomed;
  IF old IS NULL THEN
    RETURN 0;
  END IF;
  DELETE FROM attempts a USING deliveries d
    WHERE d.event_id = ANY (old) AND d.event_created_at BETWEEN earliest AND latest
      AND a.delivery_id = d.id AND a.event_created_at = d.event_created_at;
  DELETE FROM deliveries WHERE event_id = ANY (old) AND event_created_at BETWEEN earliest AND latest;
  DELETE FROM events WHERE id = ANY (old) AND created_at BETWEEN earliest AND latest;
  RETURN cardinality(old);
END $$;

CREATE FUNCTION certflow_due_purges(most integer)
RETURNS TABLE (account_id text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.account_id, c.id FROM certificates c JOIN accounts a USING (account_id)
  WHERE c.deleted_at < now() - make_interval(days => a.retention_days) AND c.purged_at IS NULL
  ORDER BY c.deleted_at LIMIT most
$$;

-- Forgets what was read of a certificate that was deleted longer ago than its account's retention. Its verdicts stay.
CREATE FUNCTION certflow_purge(certificate text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE certificates c SET purged_at = now() FROM accounts a
    WHERE c.id = certificate AND a.account_id = c.account_id AND c.purged_at IS NULL
      AND c.deleted_at < now() - make_interval(days => a.retention_days);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE audits SET parse_no = NULL WHERE certificate_id = certificate;
  DELETE FROM parses WHERE certificate_id = certificate;
  RETURN true;
END $$;

-- From when on something is to be kept that lies in a month: the longest retention, or the oldest event that is still to be
-- delivered. Null as long as an account keeps everything.
CREATE FUNCTION certflow_kept_from() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT least((SELECT min(d.event_created_at) FROM deliveries d WHERE d.status = 'pending'),
    CASE WHEN bool_and(a.retention_days IS NOT NULL) THEN now() - make_interval(days => max(a.retention_days)) END)
  FROM accounts a HAVING bool_and(a.retention_days IS NOT NULL)
$$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN (
    'certflow_accounts_after', 'certflow_retaining_accounts', 'certflow_forget_events', 'certflow_due_purges', 'certflow_purge',
    'certflow_kept_from') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM public', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO certflow_app', f);
    EXECUTE format('ALTER FUNCTION %s OWNER TO certflow_system', f);
  END LOOP;
END $$;

-- Drops the months of which nothing is to be kept, and returns how many tables went. It belongs to the owner of the tables, and
-- leaves them to the next try when somebody holds them: whoever waits for such a lock keeps all others waiting.
CREATE FUNCTION certflow_drop_months() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '2s' AS $$
DECLARE
  kept_from timestamptz := certflow_kept_from();
  month text; parent text; part text; dropped integer := 0;
BEGIN
  IF kept_from IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('certflow_ensure_partitions'));
  FOR month IN
    SELECT DISTINCT right(c.relname, 6) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('public.events'::regclass, 'public.deliveries'::regclass, 'public.attempts'::regclass)
      AND c.relname ~ '_[0-9]{6}$'
      AND (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC' <= kept_from
    ORDER BY 1
  LOOP
    FOREACH parent IN ARRAY ARRAY['attempts', 'deliveries', 'events'] LOOP
      part := format('%s_%s', parent, month);
      CONTINUE WHEN to_regclass('public.' || part) IS NULL;
      EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, part);
      EXECUTE format('DROP TABLE public.%I', part);
      dropped := dropped + 1;
    END LOOP;
  END LOOP;
  RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;
REVOKE ALL ON FUNCTION certflow_drop_months FROM public;
GRANT EXECUTE ON FUNCTION certflow_drop_months TO certflow_app;
