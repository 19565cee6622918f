#!/bin/sh
# Fails when building the console from its sources would change what is committed in console/dist. It works on a copy. Building needs
# Node; without it that is said and nothing is checked, since `go build` needs only what is committed.
set -eu
cd "$(dirname "$0")/.."

echo "console"
if ! command -v npm >/dev/null; then
	echo "  npm is not installed: console/dist is taken as it is"
	exit 0
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
tools/copy-sources.sh "$copy" console
cp -R "$copy/console/dist" "$copy/before"
(cd "$copy/console/web" && npm ci --no-audit --no-fund --silent && npm run --silent check && npm test --silent >/dev/null && npm run --silent build >/dev/null)
if ! diff -rq "$copy/before" "$copy/console/dist"; then
	echo "console/dist is not what its sources give: cd console/web && npm ci && npm run build" >&2
	exit 1
fi
