DROP TABLE idempotency_keys, api_keys, accounts;
DROP FUNCTION certflow_wall, certflow_account;
