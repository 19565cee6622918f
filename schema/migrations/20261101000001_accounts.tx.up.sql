-- The walls between accounts. Two roles use these tables and neither owns them: certflow_app serves requests and
-- activities and sees one account at a time; certflow_system owns the few functions that look across accounts and that
-- give ids only. The roles themselves are made by schema.EnsureRoles, since roles belong to the server and not to a database.
GRANT USAGE ON SCHEMA public TO certflow_app, certflow_system;
-- A function may only be given to a role that may create in its schema.
GRANT CREATE ON SCHEMA public TO certflow_system;

CREATE FUNCTION certflow_account() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.account_id', true), '');

-- certflow_wall puts a tenant table behind row-level security and grants what the serving role may do with it.
CREATE FUNCTION certflow_wall(tab regclass, privileges text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tab);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tab);
  EXECUTE format('CREATE POLICY account ON %s TO certflow_app USING (account_id = certflow_account())', tab);
  EXECUTE format('CREATE POLICY system ON %s TO certflow_system USING (true)', tab);
  EXECUTE format('GRANT %s ON %s TO certflow_app', privileges, tab);
END $$;

CREATE TABLE accounts (
  account_id           text PRIMARY KEY CHECK (account_id LIKE 'acct\_%'),
  name                 text NOT NULL,
  live                 boolean NOT NULL,
  page_limit           integer NOT NULL DEFAULT 2 CHECK (page_limit BETWEEN 1 AND 100),
  list_format          text NOT NULL DEFAULT 'array' CHECK (list_format IN ('array', 'object')),
  confidence_threshold double precision NOT NULL DEFAULT 0.85 CHECK (confidence_threshold BETWEEN 0.5 AND 1),
  time_zone            text NOT NULL DEFAULT 'UTC',
  retention_days       integer CHECK (retention_days BETWEEN 1 AND 3650),
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now()
);
SELECT certflow_wall('accounts', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN accounts.retention_days IS 'Days that events, deliveries and deleted certificates are kept; null keeps them.';

CREATE TABLE api_keys (
  id           text PRIMARY KEY CHECK (id LIKE 'key\_%'),
  account_id   text NOT NULL REFERENCES accounts,
  hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  last4        text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);
CREATE INDEX ON api_keys (account_id);
SELECT certflow_wall('api_keys', 'SELECT, INSERT, UPDATE');

-- One row per Idempotency-Key of an account. A row without a status is a claim that is being worked on; lease_token tells
-- the claimant apart from one who took over after lease_until. Kept 24 hours, then swept.
CREATE TABLE idempotency_keys (
  account_id  text NOT NULL REFERENCES accounts,
  key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  operation   text NOT NULL,
  lease_token text NOT NULL,
  lease_until timestamptz NOT NULL,
  fingerprint bytea,
  status      integer CHECK (status BETWEEN 200 AND 599),
  headers     jsonb,
  response    bytea,
  job_id      text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, key),
  CHECK (status IS NULL OR (fingerprint IS NOT NULL AND response IS NOT NULL))
);
CREATE INDEX ON idempotency_keys (created_at);
SELECT certflow_wall('idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE');
COMMENT ON COLUMN idempotency_keys.response IS 'The stored answer, sealed: it may hold a secret.';
COMMENT ON COLUMN idempotency_keys.job_id IS 'A bulk upload''s job, known before its answer is.';
