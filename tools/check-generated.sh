#!/bin/sh
# Fails when `go generate` would change a file, and says which. It works on a copy: the tree stays as it is.
set -eu
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
mkdir "$copy/before"
tools/copy-sources.sh "$copy/before"
cp -R "$copy/before" "$copy/after"
(cd "$copy/after" && go generate ./...)
if ! diff -r "$copy/before" "$copy/after" >"$copy/difference"; then
	head -n 40 "$copy/difference"
	echo "generated files are not what \`make generate\` makes of their sources" >&2
	exit 1
fi
