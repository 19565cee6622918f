#!/bin/sh
# Copies what git knows or would add, below the root or the given folder, into a folder that exists: copy-sources.sh TO [FOLDER].
# What is ignored, such as caches and builds, stays behind.
set -eu
cd "$(dirname "$0")/.."
to=$1
shift

CI=true tools/system-packages.sh git
list=$(mktemp)
trap 'rm -f "$list"' EXIT
# A pipe would hide that git failed, as it does outside a clone.
git ls-files --cached --others --exclude-standard -- "$@" >"$list"
while IFS= read -r file; do
	[ ! -f "$file" ] || printf '%s\n' "$file"
done <"$list" | tar -cf - -T - | tar -xf - -C "$to"
