-- Whom a certificate is about and what is asked of them. Foreign keys carry the account, so that no row can refer to another
-- account's. seq is the order of creation, which lists are paged by; deleted_at hides a row and keeps it for audit.

CREATE TABLE requirements (
  seq        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id         text PRIMARY KEY CHECK (id LIKE 'req\_%'),
  account_id text NOT NULL REFERENCES accounts,
  name       text NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  version    integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  UNIQUE (account_id, id)
);
CREATE UNIQUE INDEX requirements_one_default ON requirements (account_id) WHERE is_default AND deleted_at IS NULL;
CREATE INDEX ON requirements (account_id, seq);
SELECT certflow_wall('requirements', 'SELECT, INSERT, UPDATE');

CREATE TABLE requirement_versions (
  account_id     text NOT NULL,
  requirement_id text NOT NULL,
  version        integer NOT NULL CHECK (version >= 1),
  name           text NOT NULL,
  rules          jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array'),
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (requirement_id, version),
  FOREIGN KEY (account_id, requirement_id) REFERENCES requirements (account_id, id)
);
SELECT certflow_wall('requirement_versions', 'SELECT, INSERT');

CREATE TABLE contractors (
  seq              bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id               text PRIMARY KEY CHECK (id LIKE 'cn\_%'),
  account_id       text NOT NULL REFERENCES accounts,
  email            text NOT NULL,
  first_name       text NOT NULL,
  last_name        text NOT NULL,
  middle_name      text,
  company_name     text,
  phone            text,
  address          jsonb,
  withhold_premium jsonb,
  custom_metadata  jsonb NOT NULL DEFAULT '{}',
  placeholder      boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  deleted_at       timestamptz,
  UNIQUE (account_id, id)
);
CREATE UNIQUE INDEX contractors_one_email ON contractors (account_id, lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX ON contractors (account_id, seq);
SELECT certflow_wall('contractors', 'SELECT, INSERT, UPDATE');

CREATE TABLE entities (
  seq               bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id                text PRIMARY KEY CHECK (id LIKE 'en\_%'),
  account_id        text NOT NULL REFERENCES accounts,
  name              text NOT NULL,
  address           jsonb,
  requirement_id    text,
  coverage_limit    jsonb,
  required_coverage jsonb,
  custom_metadata   jsonb NOT NULL DEFAULT '{}',
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  deleted_at        timestamptz,
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, requirement_id) REFERENCES requirements (account_id, id)
);
CREATE INDEX ON entities (account_id, seq);
CREATE INDEX ON entities (requirement_id) WHERE deleted_at IS NULL;
SELECT certflow_wall('entities', 'SELECT, INSERT, UPDATE');

CREATE TABLE trackers (
  seq            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id             text PRIMARY KEY CHECK (id LIKE 'tr\_%'),
  account_id     text NOT NULL REFERENCES accounts,
  name           text NOT NULL,
  entity_id      text,
  requirement_id text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  deleted_at     timestamptz,
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, entity_id) REFERENCES entities (account_id, id),
  FOREIGN KEY (account_id, requirement_id) REFERENCES requirements (account_id, id)
);
CREATE INDEX ON trackers (account_id, seq);
SELECT certflow_wall('trackers', 'SELECT, INSERT, UPDATE');

CREATE TABLE tracker_sessions (
  seq        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id         text PRIMARY KEY CHECK (id LIKE 'ts\_%'),
  account_id text NOT NULL,
  tracker_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  closed_at  timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, tracker_id) REFERENCES trackers (account_id, id)
);
CREATE INDEX ON tracker_sessions (tracker_id, seq);
SELECT certflow_wall('tracker_sessions', 'SELECT, INSERT, UPDATE');

-- A job made by a client has no status. One made by a bulk upload begins as provisioning, with the plan of what its first
-- activity is to make.
CREATE TABLE jobs (
  seq                 bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id                  text PRIMARY KEY CHECK (id LIKE 'jb\_%'),
  account_id          text NOT NULL REFERENCES accounts,
  name                text NOT NULL,
  description         text,
  entity_id           text,
  requirement_id      text,
  stored              jsonb NOT NULL DEFAULT '{}',
  custom_metadata     jsonb NOT NULL DEFAULT '{}',
  tracker_id          text,
  tracker_session_id  text,
  status              text CHECK (status IN ('provisioning', 'running', 'completed', 'cancelled', 'failed')),
  fault               text,
  plan                jsonb,
  answer              jsonb,
  starts              integer NOT NULL DEFAULT 0,
  cancel_requested_at timestamptz,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  deleted_at          timestamptz,
  UNIQUE (account_id, id),
  CHECK ((status IS NULL) = (plan IS NULL)),
  FOREIGN KEY (account_id, entity_id) REFERENCES entities (account_id, id),
  FOREIGN KEY (account_id, requirement_id) REFERENCES requirements (account_id, id),
  FOREIGN KEY (account_id, tracker_id) REFERENCES trackers (account_id, id),
  FOREIGN KEY (account_id, tracker_session_id) REFERENCES tracker_sessions (account_id, id)
);
CREATE INDEX ON jobs (account_id, seq);
CREATE INDEX jobs_open ON jobs (updated_at) WHERE status IN ('provisioning', 'running');
SELECT certflow_wall('jobs', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN jobs.answer IS 'What the upload is answered once it is provisioned, now and whenever it is repeated.';
COMMENT ON COLUMN jobs.stored IS 'Fields of the published API that are kept and shown back: category_code, wage, wage_type, years_experience, duration_hours, purchase order contact.';

CREATE TABLE assignments (
  seq             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id              text PRIMARY KEY CHECK (id LIKE 'an\_%'),
  account_id      text NOT NULL REFERENCES accounts,
  contractor_id   text NOT NULL,
  job_id          text NOT NULL,
  stored          jsonb NOT NULL DEFAULT '{}',
  custom_metadata jsonb NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  deleted_at      timestamptz,
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, contractor_id) REFERENCES contractors (account_id, id),
  FOREIGN KEY (account_id, job_id) REFERENCES jobs (account_id, id)
);
CREATE UNIQUE INDEX assignments_once ON assignments (job_id, contractor_id) WHERE deleted_at IS NULL;
CREATE INDEX ON assignments (account_id, seq);
CREATE INDEX ON assignments (contractor_id, seq);
SELECT certflow_wall('assignments', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN assignments.stored IS 'Fields of the published API that are kept and shown back: bind, coverage_type, effective_date, end_date.';
