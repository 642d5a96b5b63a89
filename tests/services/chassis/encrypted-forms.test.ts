import assert from "node:assert/strict";
import { test } from "node:test";
import { asSealed, openWith, unwrap } from "../../../services/chassis/access/envelope.ts";
import { idempotency } from "../../../services/chassis/http/idempotency.ts";

// Texts that were written by an earlier version: they stand in logs and stores, and must be read for ever.
const platformKeys = [{ id: "k1", key: new Uint8Array(32).fill(1) }];
const location = { stream: "repo/repo-1", field: "sealedCredential" };
const dataKey = new Uint8Array(32).fill(3);

test("a data key that an earlier version wrapped is unwrapped, under its own name only", () => {
  const wrapped = { platformKey: "k1", wrapped: "AgICAgICAgICAgICBNXKSklUwv7Qz7_LX6TBsaG20uzoso5y3oTj-Hv4d3zY2s_vmNzLPfMDugjG7DCh" };
  assert.deepEqual(new Uint8Array(unwrap(platformKeys, "d1", wrapped)), dataKey);
  assert.throws(() => unwrap(platformKeys, "d2", wrapped));
});

test("a secret that an earlier version sealed is opened, and not once its key id was changed", () => {
  assert.equal(openWith(dataKey, asSealed("v1.d1.AgICAgICAgICAgIC.MTMEohyJ1V8pMF3CtaIxaY7cS-rF-g"), location), "secret");
  assert.throws(() => openWith(dataKey, asSealed("v1.d2.AgICAgICAgICAgIC.MTMEohyJ1V8pMF3CtaIxaY7cS-rF-g"), location));
});

test("an answer that an earlier version recorded is read, and not if a part of it is missing", () => {
  const { read } = idempotency(platformKeys, "usr-1", "CreateRepo", "key", { a: 1 }, (bytes) => new Uint8Array(bytes));
  const note = "AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX-GI 1 k1.AgICAgICAgICAgICxZq7uk5Avm52S_9ZgYsmh2iSh3CaD-DQkbwfOriNJxSMT6Nz";
  assert.deepEqual(read(note), { request: true, messages: 1, answer: { repo_id: "repo-1" } });
  assert.throws(() => read(note.slice(0, -4)));
});
