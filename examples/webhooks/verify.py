"""Verify webhooks from certflow. Python 3.8 or newer, standard library only.

A message carries two signatures made with the endpoint's secret (whsec_...);
either of them is enough:

* Standard Webhooks: the headers webhook-id, webhook-timestamp and
  webhook-signature, checked by verify_standard.
* Ten99Policy-Signature, checked by verify_ten99policy.

Verify the bytes of the body as they came, before anything parses them. Keep
webhook-id for a few days and ignore an event that you have seen: events are
delivered at least once.

As a program: CERTFLOW_WEBHOOK_SECRET=whsec_... verify.py headers.txt body.json
where headers.txt holds lines "name: value".
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import sys
import time

TOLERANCE = 300  # seconds, either way


class NotVerified(Exception):
    """The message is not from the holder of the secret, or not from now."""


def verify_standard(headers, body, secret, now=None):
    """Check the Standard Webhooks signature. Names in headers are lower-case."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not message_id or not signatures:
        raise NotVerified("the signature headers are missing")
    _check_time(timestamp, now)
    key = base64.b64decode(secret[len("whsec_"):])
    signed = message_id.encode() + b"." + timestamp.encode() + b"." + body
    want = hmac.new(key, signed, hashlib.sha256).digest()
    # While a secret rotates there are several signatures, separated by spaces.
    for signature in signatures.split(" "):
        version, _, encoded = signature.partition(",")
        if version == "v1" and _matches(want, _from_base64(encoded)):
            return
    raise NotVerified("no signature is that of the body")


def verify_ten99policy(headers, body, secret, now=None):
    """Check Ten99Policy-Signature. Names in headers are lower-case."""
    timestamp, signatures = "", []
    for part in headers.get("ten99policy-signature", "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamp = value
        elif name == "v1":
            signatures.append(value)
    if not signatures:
        raise NotVerified("the signature header is missing")
    _check_time(timestamp, now)
    # The key is the whole secret, whsec_ included.
    want = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).digest()
    for signature in signatures:
        if _matches(want, _from_hex(signature)):
            return
    raise NotVerified("no signature is that of the body")


def _check_time(timestamp, now):
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise NotVerified("the timestamp is missing or malformed")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
        raise NotVerified("the timestamp is too far from now")


def _matches(want, got):
    return hmac.compare_digest(want, got)  # in constant time


def _from_base64(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _from_hex(text):
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def main():
    if len(sys.argv) != 3 or "CERTFLOW_WEBHOOK_SECRET" not in os.environ:
        sys.exit("usage: CERTFLOW_WEBHOOK_SECRET=whsec_... verify.py headers.txt body.json")
    headers = {}
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
    with open(sys.argv[2], "rb") as file:
        body = file.read()
    secret = os.environ["CERTFLOW_WEBHOOK_SECRET"]
    try:
        verify_standard(headers, body, secret)
        verify_ten99policy(headers, body, secret)
    except NotVerified as reason:
        sys.exit(f"not verified: {reason}")
    print("verified", headers["webhook-id"])


if __name__ == "__main__":
    main()
