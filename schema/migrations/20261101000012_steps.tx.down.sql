DROP FUNCTION certflow_steps;
REVOKE SELECT ON bun_migrations FROM certflow_system;
