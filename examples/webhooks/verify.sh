#!/bin/sh
# Verify webhooks from certflow with POSIX sh and openssl, by hand or in a script.
#
#   CERTFLOW_WEBHOOK_SECRET=whsec_... ./verify.sh headers.txt body.json
#
# headers.txt holds lines "name: value", as curl -D and most receivers print
# them; body.json the bytes of the body as they came. Both signatures are checked,
# Standard Webhooks and Ten99Policy-Signature. Exit 0: both hold; 1: not verified.
#
# openssl takes its key as an argument, which other users of the machine can see
# while it runs: use this where you are alone, and one of the other snippets in a
# receiver.

TOLERANCE=300 # seconds, either way

# header NAME FILE: the value of the first header of that name.
header() {
  awk -v want="$1" '
    { colon = index($0, ":") }
    colon && tolower(substr($0, 1, colon - 1)) == want {
      value = substr($0, colon + 1)
      gsub(/^[ \t]+|[ \t\r]+$/, "", value)
      print value
      exit
    }' "$2"
}

# hmac HEXKEY: HMAC-SHA256 of the standard input, in hexadecimal.
hmac() {
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -r | cut -d ' ' -f 1
}

# hex: the standard input in hexadecimal.
hex() {
  od -An -v -tx1 | tr -d ' \n'
}

# same A B: whether two texts are equal. Both are hashed with a key that nobody
# knows, so that the time of the comparison tells nothing about them.
same() {
  blind=$(openssl rand -hex 32)
  [ "$(printf '%s' "$1" | hmac "$blind")" = "$(printf '%s' "$2" | hmac "$blind")" ]
}

# timely TIMESTAMP NOW: whether it is a number, and near enough.
timely() {
  case $1 in '' | *[!0-9]* | 0* | ?????????????*) return 1 ;; esac
  [ "$(($1 - $2))" -le "$TOLERANCE" ] && [ "$(($2 - $1))" -le "$TOLERANCE" ]
}

# verify_standard HEADERS BODY SECRET NOW
verify_standard() {
  id=$(header webhook-id "$1")
  timestamp=$(header webhook-timestamp "$1")
  signatures=$(header webhook-signature "$1")
  [ -n "$id" ] && [ -n "$signatures" ] || return 1
  timely "$timestamp" "$4" || return 1
  key=$(printf '%s' "${3#whsec_}" | openssl base64 -d -A | hex)
  want=$({ printf '%s.%s.' "$id" "$timestamp" && cat "$2"; } | hmac "$key")
  # While a secret rotates there are several signatures, separated by spaces.
  for signature in $signatures; do
    case $signature in
    v1,*) same "$(printf '%s' "${signature#v1,}" | openssl base64 -d -A 2>/dev/null | hex)" "$want" && return 0 ;;
    esac
  done
  return 1
}

# verify_ten99policy HEADERS BODY SECRET NOW
verify_ten99policy() {
  parts=$(header ten99policy-signature "$1" | tr ', ' '\n\n')
  timestamp=$(printf '%s\n' "$parts" | sed -n 's/^t=//p' | head -n 1)
  timely "$timestamp" "$4" || return 1
  # The key is the whole secret, whsec_ included.
  want=$({ printf '%s.' "$timestamp" && cat "$2"; } | hmac "$(printf '%s' "$3" | hex)")
  for signature in $(printf '%s\n' "$parts" | sed -n 's/^v1=//p'); do
    same "$signature" "$want" && return 0
  done
  return 1
}

main() {
  if [ $# -ne 2 ] || [ -z "${CERTFLOW_WEBHOOK_SECRET:-}" ]; then
    echo "usage: CERTFLOW_WEBHOOK_SECRET=whsec_... $0 headers.txt body.json" >&2
    return 1
  fi
  now=$(date +%s)
  verify_standard "$1" "$2" "$CERTFLOW_WEBHOOK_SECRET" "$now" || {
    echo "not verified: Standard Webhooks" >&2
    return 1
  }
  verify_ten99policy "$1" "$2" "$CERTFLOW_WEBHOOK_SECRET" "$now" || {
    echo "not verified: Ten99Policy-Signature" >&2
    return 1
  }
  echo "verified $(header webhook-id "$1")"
}

# With no arguments the file can be sourced for its functions.
[ $# -eq 0 ] || main "$@"
