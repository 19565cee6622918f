-- The requests to a language model on behalf of a certificate, however they ended, with what each used as far as the model's server said.
-- Nothing of the certificate stands here: what a model cost is known for as long as the certificate's verdict.
CREATE TABLE model_calls (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id     text NOT NULL,
  certificate_id text NOT NULL,
  evaluation_no  integer NOT NULL,
  provider       text NOT NULL,
  model          text NOT NULL,
  outcome        text NOT NULL,
  input_tokens   bigint NOT NULL CHECK (input_tokens >= 0),
  output_tokens  bigint NOT NULL CHECK (output_tokens >= 0),
  cost_microusd  bigint NOT NULL CHECK (cost_microusd >= 0),
  duration_ms    bigint NOT NULL CHECK (duration_ms >= 0),
  created_at     timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificates (account_id, id)
);
CREATE INDEX ON model_calls (certificate_id, id);
SELECT certflow_wall('model_calls', 'SELECT, INSERT');
COMMENT ON COLUMN model_calls.outcome IS 'answered, malformed, declined, limited, refused, failed or cut; answered says nothing of what came of the answer.';
COMMENT ON COLUMN model_calls.input_tokens IS 'Of a request that broke off, what the server had counted until then.';

COMMENT ON COLUMN parses.input_tokens IS 'Written by releases before model_calls, as are output_tokens and cost_microusd.';
