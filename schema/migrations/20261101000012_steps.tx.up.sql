-- Which steps this database has: a build that finds one of its own missing is not ready to serve. The table is the migrator's.

GRANT SELECT ON bun_migrations TO certflow_system;

CREATE FUNCTION certflow_steps() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT name FROM bun_migrations
$$;

REVOKE ALL ON FUNCTION certflow_steps FROM public;
GRANT EXECUTE ON FUNCTION certflow_steps TO certflow_app;
ALTER FUNCTION certflow_steps OWNER TO certflow_system;
