ALTER TABLE certificates DROP COLUMN filename_lower;
