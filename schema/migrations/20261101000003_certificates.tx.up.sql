CREATE TABLE certificates (
  seq             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id              text PRIMARY KEY CHECK (id LIKE 'ci\_%'),
  account_id      text NOT NULL REFERENCES accounts,
  contractor_id   text NOT NULL,
  requirement_id  text NOT NULL,
  job_id          text,
  assignment_id   text,
  tracker_id      text,
  status          text NOT NULL DEFAULT 'pending'
                  CHECK (status IN ('pending', 'processing', 'approved', 'flagged', 'denied', 'error')),
  filename        text NOT NULL,
  blob_key        text NOT NULL UNIQUE,
  sha256          bytea NOT NULL CHECK (length(sha256) = 32),
  size            bigint NOT NULL CHECK (size > 0),
  custom_metadata jsonb NOT NULL DEFAULT '{}',
  evaluation_no   integer NOT NULL DEFAULT 1 CHECK (evaluation_no >= 1),
  in_job          boolean NOT NULL DEFAULT false,
  position        integer,
  starts          integer NOT NULL DEFAULT 0,
  last_start_at   timestamptz,
  begun_at        timestamptz,
  finished_at     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  deleted_at      timestamptz,
  UNIQUE (account_id, id),
  CHECK (in_job = (position IS NOT NULL)),
  CHECK (NOT in_job OR job_id IS NOT NULL),
  CHECK (status = 'pending' OR begun_at IS NOT NULL OR finished_at IS NOT NULL),
  CHECK ((status IN ('pending', 'processing')) = (finished_at IS NULL)),
  FOREIGN KEY (account_id, contractor_id) REFERENCES contractors (account_id, id),
  FOREIGN KEY (account_id, requirement_id) REFERENCES requirements (account_id, id),
  FOREIGN KEY (account_id, job_id) REFERENCES jobs (account_id, id),
  FOREIGN KEY (account_id, assignment_id) REFERENCES assignments (account_id, id),
  FOREIGN KEY (account_id, tracker_id) REFERENCES trackers (account_id, id)
);
CREATE INDEX ON certificates (account_id, seq) WHERE deleted_at IS NULL;
CREATE INDEX ON certificates (account_id, status, seq) WHERE deleted_at IS NULL;
CREATE INDEX ON certificates (contractor_id, seq) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX certificates_of_job ON certificates (job_id, position) WHERE in_job;
CREATE INDEX ON certificates (job_id, seq) WHERE job_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ON certificates (tracker_id, seq) WHERE tracker_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ON certificates (requirement_id) WHERE deleted_at IS NULL;
CREATE INDEX certificates_open ON certificates (created_at) WHERE status IN ('pending', 'processing') AND deleted_at IS NULL;
SELECT certflow_wall('certificates', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN certificates.in_job IS 'Whether a bulk job reviews it, at this position, and not the single upload.';
COMMENT ON COLUMN certificates.begun_at IS 'When its review set it to processing: the two hours of a review run from here.';
COMMENT ON COLUMN certificates.starts IS 'How often its review was started, so that one that never ends is ended.';

-- What a reader made of a certificate, or why it made nothing of it, under the number of the evaluation that asked for it.
CREATE TABLE parses (
  account_id     text NOT NULL,
  certificate_id text NOT NULL,
  evaluation_no  integer NOT NULL,
  reading        jsonb,
  error_code     text,
  error_message  text,
  input_tokens   bigint NOT NULL DEFAULT 0,
  output_tokens  bigint NOT NULL DEFAULT 0,
  cost_microusd  bigint NOT NULL DEFAULT 0,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (certificate_id, evaluation_no),
  CHECK ((reading IS NULL) = (error_code IS NOT NULL)),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id)
);
SELECT certflow_wall('parses', 'SELECT, INSERT');

-- The verdict of one evaluation with everything that it was a function of.
CREATE TABLE audits (
  id                  text PRIMARY KEY CHECK (id LIKE 'ca\_%'),
  account_id          text NOT NULL,
  certificate_id      text NOT NULL,
  evaluation_no       integer NOT NULL,
  parse_no            integer,
  requirement_id      text NOT NULL,
  requirement_version integer NOT NULL,
  inputs              jsonb NOT NULL,
  status              text NOT NULL CHECK (status IN ('approved', 'flagged', 'denied', 'error')),
  error_code          text,
  error_message       text,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (certificate_id, evaluation_no),
  UNIQUE (account_id, id),
  CHECK ((status = 'error') = (error_code IS NOT NULL)),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id),
  FOREIGN KEY (certificate_id, parse_no) REFERENCES parses (certificate_id, evaluation_no),
  FOREIGN KEY (requirement_id, requirement_version) REFERENCES requirement_versions (requirement_id, version)
);
SELECT certflow_wall('audits', 'SELECT, INSERT, UPDATE');
COMMENT ON COLUMN audits.inputs IS 'Snapshot of contractor, date in the account''s time zone, and account settings.';

CREATE TABLE audit_results (
  id                text PRIMARY KEY CHECK (id LIKE 'car\_%'),
  account_id        text NOT NULL,
  audit_id          text NOT NULL,
  position          integer NOT NULL,
  rule_name         text NOT NULL,
  rule_path         text NOT NULL,
  severity          text NOT NULL CHECK (severity IN ('standard', 'critical')),
  result            text NOT NULL CHECK (result IN ('pass', 'fail')),
  message           text NOT NULL,
  evidence_paths    text[] NOT NULL DEFAULT '{}',
  confidence        double precision,
  manually_approved boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (audit_id, position),
  CHECK (result = 'fail' OR NOT manually_approved),
  FOREIGN KEY (account_id, audit_id) REFERENCES audits (account_id, id)
);
SELECT certflow_wall('audit_results', 'SELECT, INSERT, UPDATE');

-- What happened to a certificate, and who decided it. Rows are added and never changed.
CREATE TABLE history (
  seq            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id     text NOT NULL,
  certificate_id text NOT NULL,
  kind           text NOT NULL,
  actor          text NOT NULL,
  reason         text,
  status         text NOT NULL,
  audit_id       text,
  audit_result_id text,
  override       boolean NOT NULL DEFAULT false,
  created_at     timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id)
);
CREATE INDEX ON history (certificate_id, seq);
SELECT certflow_wall('history', 'SELECT, INSERT');
