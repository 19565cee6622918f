#!/bin/sh
# The last line of a test run, counted from the events that gotestsum has written. A package that failed without a
# failed test of its own, one that does not build for example, counts as a failure.
exec awk '
	{ test = /"Test":"/; match($0, /"Package":"[^"]*"/); package = substr($0, RSTART, RLENGTH) }
	/"Action":"pass"/ && test { passed++ }
	/"Action":"skip"/ && test { skipped++ }
	/"Action":"fail"/ && (test || !(package in named)) { failed++; named[package] }
	END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }
' "$GOTESTSUM_JSONFILE"
