#!/bin/sh
# Builds bin/temporald, unless what it is built from is what it was last built from. A first build takes minutes, so
# it says how far it is.
set -eu
cd "$(dirname "$0")/.."

sources=$(cat tools/temporald/*.go tools/temporald/go.mod tools/temporald/go.sum | cksum)
stamp=bin/.temporald.sources
if [ -x bin/temporald ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then
	exit 0
fi

mkdir -p bin
log=$(mktemp)
echo "building bin/temporald, the development server of Temporal (once; about 5 minutes on two cores)"
go build -C tools/temporald -v -ldflags '-s -w' -o ../../bin/temporald . 2>"$log" &
build=$!
trap 'kill "$build" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
seconds=0
while kill -0 "$build" 2>/dev/null; do
	sleep 1
	seconds=$((seconds + 1))
	if [ $((seconds % 20)) -eq 0 ]; then
		echo "  temporald: $(grep -vc '^go: ' "$log") packages compiled after $seconds s"
	fi
done
if ! wait "$build"; then
	cat "$log" >&2
	rm -f "$log"
	echo "bin/temporald could not be built" >&2
	exit 1
fi
rm -f "$log"
echo "$sources" >"$stamp"
