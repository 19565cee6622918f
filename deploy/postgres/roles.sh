#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: one role and database for certflow, one role for Temporal.
# `certflow migrate up` makes the role that serves, which owns nothing.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
	--set owner_password="$CERTFLOW_OWNER_PASSWORD" --set temporal_password="$TEMPORAL_PASSWORD" <<'SQL'
CREATE ROLE certflow_owner LOGIN CREATEROLE NOSUPERUSER PASSWORD :'owner_password';
CREATE DATABASE certflow OWNER certflow_owner;

CREATE ROLE temporal LOGIN CREATEDB NOSUPERUSER PASSWORD :'temporal_password';
SQL
