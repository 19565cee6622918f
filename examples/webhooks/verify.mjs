// Verify webhooks from certflow. Node 18 or newer, no package needed.
//
// A message carries two signatures made with the endpoint's secret (whsec_...);
// either of them is enough:
//
//   Standard Webhooks: the headers webhook-id, webhook-timestamp and
//   webhook-signature, checked by verifyStandard.
//   Ten99Policy-Signature, checked by verifyTen99Policy.
//
// Verify the bytes of the body as they came, before anything parses them (with
// Express: express.raw({type: "application/json"})). Keep webhook-id for a few
// days and ignore an event that you have seen: events are delivered at least once.
//
// As a program: CERTFLOW_WEBHOOK_SECRET=whsec_... node verify.mjs headers.txt body.json
// where headers.txt holds lines "name: value".

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const TOLERANCE = 300; // seconds, either way

export class NotVerified extends Error {}

/** Checks the Standard Webhooks signature. headers: names in lower case; body: a Buffer. */
export function verifyStandard(headers, body, secret, now = Date.now() / 1000) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const signatures = headers["webhook-signature"] ?? "";
  if (!id || !signatures) throw new NotVerified("the signature headers are missing");
  checkTime(timestamp, now);
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const want = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  // While a secret rotates there are several signatures, separated by spaces.
  for (const signature of signatures.split(" ")) {
    const [version, encoded] = signature.split(",", 2);
    if (version === "v1" && matches(want, Buffer.from(encoded ?? "", "base64"))) return;
  }
  throw new NotVerified("no signature is that of the body");
}

/** Checks Ten99Policy-Signature. headers: names in lower case; body: a Buffer. */
export function verifyTen99Policy(headers, body, secret, now = Date.now() / 1000) {
  let timestamp = "";
  const signatures = [];
  for (const part of (headers["ten99policy-signature"] ?? "").split(",")) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === "t") timestamp = value;
    if (name === "v1") signatures.push(value);
  }
  if (signatures.length === 0) throw new NotVerified("the signature header is missing");
  checkTime(timestamp, now);
  // The key is the whole secret, whsec_ included.
  const want = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  if (signatures.some((signature) => matches(want, Buffer.from(signature, "hex")))) return;
  throw new NotVerified("no signature is that of the body");
}

function checkTime(timestamp, now) {
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw new NotVerified("the timestamp is missing or malformed");
  if (Math.abs(now - Number(timestamp)) > TOLERANCE) throw new NotVerified("the timestamp is too far from now");
}

// In constant time; timingSafeEqual wants equal lengths, which are no secret.
function matches(want, got) {
  return got.length === want.length && timingSafeEqual(want, got);
}

function main() {
  const secret = process.env.CERTFLOW_WEBHOOK_SECRET;
  if (process.argv.length !== 4 || !secret) {
    console.error("usage: CERTFLOW_WEBHOOK_SECRET=whsec_... node verify.mjs headers.txt body.json");
    process.exit(1);
  }
  const headers = {};
  for (const line of readFileSync(process.argv[2], "utf8").split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = readFileSync(process.argv[3]);
  try {
    verifyStandard(headers, body, secret);
    verifyTen99Policy(headers, body, secret);
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error;
    console.error(`not verified: ${error.message}`);
    process.exit(1);
  }
  console.log("verified", headers["webhook-id"]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
