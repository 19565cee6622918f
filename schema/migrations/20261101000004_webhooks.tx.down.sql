DROP FUNCTION certflow_ensure_partitions;
DROP TABLE attempts, deliveries, events, endpoint_secrets, webhook_endpoints;
