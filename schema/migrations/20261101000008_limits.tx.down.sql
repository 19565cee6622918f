DROP FUNCTION certflow_backlog, certflow_forget_key_uses, certflow_note_key_uses;
DROP TABLE key_uses;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_account_id_id_key;
