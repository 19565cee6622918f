#!/usr/bin/env bash
# Asks the Go vulnerability database about what is called: tools/vuln.sh GOVULNCHECK PACKAGES…
# GOVULNDB names another database, such as a mirror within a company. Exit 3: faults were found. 4: the database was not reached, so that
# nothing is known.
set -uo pipefail
database=${GOVULNDB:-https://vuln.go.dev}
govulncheck=$1
shift
out=$("$govulncheck" -db "$database" "$@" 2>&1)
status=$?
printf '%s\n' "$out"
case $status in
0) exit 0 ;;
3)
	echo "known faults are called: see above what to update" >&2
	exit 3
	;;
esac
case $out in
*"fetching vulnerabilities"*)
	echo >&2
	echo "make vuln: the vulnerability database at $database was not reached, so nothing was checked and nothing is known." >&2
	echo "Run it where that address can be reached, or name a mirror: make vuln GOVULNDB=https://…  (file:///… for a copy on disk)" >&2
	exit 4
	;;
esac
exit $status
