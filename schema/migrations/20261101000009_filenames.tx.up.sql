-- File names as they are searched: in lower case, so that a search compares bytes and looks through 100,000 names in a moment. Which
-- letters beyond ASCII have a lower case is the database's locale to say. An index of
-- trigrams would not serve: the walls between accounts let no index answer an operator that PostgreSQL does not know to be leakproof.
ALTER TABLE certificates ADD COLUMN filename_lower text NOT NULL GENERATED ALWAYS AS (lower(filename)) STORED;
