CREATE TABLE webhook_endpoints (
  seq             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id              text PRIMARY KEY CHECK (id LIKE 'whe\_%'),
  account_id      text NOT NULL REFERENCES accounts,
  url             text NOT NULL,
  description     text,
  events          text[] NOT NULL,
  status          text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
  disabled_reason text,
  failing_since   timestamptz,
  run_since       timestamptz,
  last_failure_at timestamptz,
  last_success_at timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  deleted_at      timestamptz,
  UNIQUE (account_id, id),
  CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
);
CREATE INDEX ON webhook_endpoints (account_id, seq) WHERE deleted_at IS NULL;
SELECT certflow_wall('webhook_endpoints', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN webhook_endpoints.failing_since IS 'First failed attempt since the last success; null while the endpoint answers.';
COMMENT ON COLUMN webhook_endpoints.run_since IS 'First failed attempt of the present run of failures.';

CREATE TABLE endpoint_secrets (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id  text NOT NULL,
  endpoint_id text NOT NULL,
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz,
  FOREIGN KEY (account_id, endpoint_id) REFERENCES webhook_endpoints (account_id, id)
);
CREATE INDEX ON endpoint_secrets (endpoint_id, id);
CREATE UNIQUE INDEX endpoint_secrets_one_current ON endpoint_secrets (endpoint_id) WHERE expires_at IS NULL;
SELECT certflow_wall('endpoint_secrets', 'SELECT, INSERT, UPDATE, DELETE');

-- Events, deliveries and attempts grow for ever and are kept by month: created_at is the partition key and part of every key.
-- A delivery and its attempts lie in the month of their event, so that a month can go as a whole.
CREATE TABLE events (
  seq        bigint GENERATED ALWAYS AS IDENTITY,
  id         text NOT NULL CHECK (id LIKE 'evt\_%'),
  account_id text NOT NULL REFERENCES accounts,
  type       text NOT NULL,
  object_id  text NOT NULL,
  data       jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX ON events (account_id, seq);
CREATE INDEX ON events (object_id);
SELECT certflow_wall('events', 'SELECT, INSERT');

CREATE TABLE deliveries (
  seq              bigint GENERATED ALWAYS AS IDENTITY,
  id               text NOT NULL CHECK (id LIKE 'del\_%'),
  account_id       text NOT NULL REFERENCES accounts,
  event_id         text NOT NULL,
  event_created_at timestamptz NOT NULL,
  event_type       text NOT NULL,
  endpoint_id      text NOT NULL,
  status           text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'exhausted', 'skipped', 'cancelled')),
  reason           text,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, event_created_at),
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  FOREIGN KEY (event_id, event_created_at) REFERENCES events (id, created_at),
  FOREIGN KEY (account_id, endpoint_id) REFERENCES webhook_endpoints (account_id, id)
) PARTITION BY RANGE (event_created_at);
CREATE INDEX ON deliveries (endpoint_id, seq);
CREATE INDEX ON deliveries (account_id, seq);
CREATE INDEX ON deliveries (event_id);
CREATE INDEX ON deliveries (next_attempt_at) WHERE status = 'pending';
SELECT certflow_wall('deliveries', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN deliveries.status IS 'pending: an attempt follows at next_attempt_at. The rest are ends.';

CREATE TABLE attempts (
  account_id       text NOT NULL REFERENCES accounts,
  delivery_id      text NOT NULL,
  event_created_at timestamptz NOT NULL,
  number           integer NOT NULL CHECK (number >= 1),
  status_code      integer,
  error_class      text,
  detail           text,
  duration_ms      integer NOT NULL,
  remote_ip        text,
  answer           text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (delivery_id, number, event_created_at),
  FOREIGN KEY (delivery_id, event_created_at) REFERENCES deliveries (id, event_created_at)
) PARTITION BY RANGE (event_created_at);
SELECT certflow_wall('attempts', 'SELECT, INSERT');

-- certflow_ensure_partitions makes the months from this one to so many ahead, each behind the same wall as its parent.
CREATE FUNCTION certflow_ensure_partitions(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  parent text; month date; part text; made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('certflow_ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['events', 'deliveries', 'attempts'] LOOP
    FOR n IN 0..ahead LOOP
      month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n))::date;
      part := format('%s_%s', parent, to_char(month, 'YYYYMM'));
      IF to_regclass('public.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', part, parent,
          to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION certflow_ensure_partitions FROM public;
GRANT EXECUTE ON FUNCTION certflow_ensure_partitions TO certflow_app;
SELECT certflow_ensure_partitions(3);
