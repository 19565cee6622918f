#!/bin/sh
# Sees to the programs that are not Go's: system-packages.sh NAME... with the names below. What is missing is
# installed where that can be done without asking (root on Debian and its kin) and named, with the command that
# installs it, where it cannot. That is an error only where CI=true: everything else works without them in part.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)

debian="" brew=""
need() { debian="$debian $1" brew="$brew $2"; }

# any tells whether one of some programs is there.
any() {
	for program in "$@"; do
		if command -v "$program" >/dev/null 2>&1; then return 0; fi
	done
	return 1
}

for name in "$@"; do
	case $name in
	postgresql) # the servers of `certflow dev` and of the tests
		any initdb /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql@*/bin/initdb /usr/local/opt/postgresql@*/bin/initdb ||
			need postgresql postgresql@17
		;;
	poppler) # pages of a PDF as pictures, for reading scans
		any pdftoppm || need poppler-utils poppler
		;;
	tesseract) # words of a picture
		any tesseract || need tesseract-ocr tesseract
		;;
	chromium) # the browser of the console's tests
		any chromium google-chrome || need chromium chromium
		;;
	curl) # the guide's commands, as they are published
		any curl || need curl curl
		;;
	python) # the guide's Python, and the webhook receiver in it
		any python3 || need python3 python3
		;;
	git) # the list of what belongs to the project
		any git || need git git
		;;
	promtool) # Prometheus's judge of alert rules
		any promtool || need prometheus prometheus
		;;
	*)
		echo "system-packages.sh: there is no package $name" >&2
		exit 2
		;;
	esac
done
[ -n "$debian" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing$debian"
	# PostgreSQL's package would make a database cluster and start it; the project runs its own.
	case $debian in *postgresql*)
		if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
			mkdir -p /etc/postgresql-common
			echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
		fi
		;;
	esac
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	mkdir -p "$here/.cache"
	# One at a time: two targets of make may find something missing at once, and apt-get does not wait.
	# shellcheck disable=SC2086 # the names are words on purpose
	if (flock 9 && apt-get update && apt-get install -y --no-install-recommends $debian) >"$log" 2>&1 </dev/null 9>"$here/.cache/packages.lock"; then
		rm -f "$log"
		exit 0
	fi
	tail -n 20 "$log" >&2
	rm -f "$log"
fi

if command -v brew >/dev/null 2>&1; then
	echo "missing:$brew - install with: brew install$brew" >&2
else
	echo "missing:$debian - install with: sudo apt-get install$debian" >&2
fi
[ "${CI:-}" != true ]
