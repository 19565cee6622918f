DROP TABLE model_calls;
COMMENT ON COLUMN parses.input_tokens IS NULL;
