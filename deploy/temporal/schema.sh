#!/bin/sh
# Brings Temporal's two databases to the schema of this version of its tools. It may run any number of times, and must
# have run before a newer server starts. The connection is in SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

schema() {
	temporal-sql-tool --plugin postgres12 --database "$1" create-database
	temporal-sql-tool --plugin postgres12 --database "$1" setup-schema --version 0.0
	temporal-sql-tool --plugin postgres12 --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

schema temporal temporal
schema temporal_visibility visibility
