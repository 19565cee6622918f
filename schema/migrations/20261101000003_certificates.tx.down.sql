DROP TABLE history, audit_results, audits, parses, certificates;
