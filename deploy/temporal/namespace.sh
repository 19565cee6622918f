#!/bin/sh
# Makes certflow's namespace, whose closed workflows stay visible for 30 days. The server is in TEMPORAL_ADDRESS, the
# namespace in TEMPORAL_NAMESPACE.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
	temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
