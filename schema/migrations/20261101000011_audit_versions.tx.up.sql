-- The verdict's reference to the rules that it was reached by carries the account, as other references do.
ALTER TABLE requirement_versions ADD UNIQUE (account_id, requirement_id, version);
ALTER TABLE audits ADD CONSTRAINT audits_account_id_requirement_version_fkey
  FOREIGN KEY (account_id, requirement_id, requirement_version) REFERENCES requirement_versions (account_id, requirement_id, version);
ALTER TABLE audits DROP CONSTRAINT audits_requirement_id_requirement_version_fkey;
