import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codec } from "../../events/codec/codec.ts";
import { kafkaLog } from "../../events/kafka/log.ts";
import { recordsOf } from "../../events/log/record.ts";
import { embedded } from "../../infra/embedded/shared.ts";
import { newKeyPair, signToken } from "../../services/chassis/access/tokens.ts";
import { contract } from "../../services/chassis/contract.ts";
import { commitOf } from "../contract/commits.ts";
import { eventually } from "../eventually.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { sealedText } from "../sealed.ts";
import { ask, caller } from "../world/requests.ts";
import { processFixture } from "../world/servers.ts";

const program = fileURLToPath(new URL("./toy-process.js", import.meta.url));

test("a service that is added to the list runs as a process, is ready, and carries out a command", async (t) => {
  const { kafka, store } = await embedded();
  const { connection } = kafka;
  const { start, settings } = processFixture(temporaryDirectory(), ["toy"]);
  const process = await start({ name: "toy", program, environment: settings("toy", { connection, urlFor: store.urlFor }) });
  t.after(() => process.stop());
  assert.deepEqual((await ask(`${process.url}/readyz`)).body, { status: "ready", reasons: [] });

  // The key of a token, as the account service announces it.
  const keyId = `key-${randomUUID()}`;
  const { publicJwk, privateJwk } = await newKeyPair();
  const event = { type: "SigningKeyAnnounced", keyId, publicJwk, sealedPrivateJwk: sealedText("sealed") };
  const announced = commitOf(`signingKey/${keyId}`, 1, { events: [codec(contract.schemas).encode("signingKey", event)] });
  const log = kafkaLog({ ...connection, clientId: "test" });
  t.after(() => log.close());
  await log.publish(recordsOf(contract, "account", announced));

  const token = await signToken({ keyId, privateJwk }, "access", "system", 600, {}, Date.now());
  const system = caller({ urlOf: () => process.url, isServed: () => false }, `Bearer ${token}`);
  const name = `toys ${keyId}`;
  const made = await eventually("the key is known", async () => {
    const answer = await system.call("CreateCategory", { name, locale: "{}" });
    return answer.status !== 401 && answer;
  });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const found = await system.call("DescribeCategories", { name }, { "pitrix-wait-for": made.headers.get("pitrix-position") ?? "" });
  assert.equal(found.body.category_set[0].category_id, made.body.category_id);
});

test("the help of a process names it and its settings", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, "--help"]);
  assert.match(stdout, /^Services: .*, toy$/m);
  assert.match(stdout, /^ {2}PITRIX_TOY_PREFIX +What the names/m);
});
