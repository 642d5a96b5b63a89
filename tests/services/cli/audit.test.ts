import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { recordsOf } from "../../../events/log/record.ts";
import type { Commit, LogRecord, OutgoingRecord } from "../../../events/ports.ts";
import { account } from "../../../services/account/service.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { auditOf } from "../../../services/chassis/operator/audit.ts";
import { topicsFor } from "../../../services/chassis/operator/events.ts";
import { readRecords } from "../../../services/chassis/operator/reading.ts";
import { auditText } from "../../../services/cli/audit-text.ts";
import { connectPlatform, servicesClient } from "../../../services/cli/connection.ts";
import { readSetup } from "../../../services/cli/environment.ts";
import { commitOf } from "../../contract/commits.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";

let world: Awaited<ReturnType<typeof servedWithAccounts>>;
let userId: string;
before(async () => {
  world = await servedWithAccounts();
  const { body } = await (await world.admin()).call("CreateUser", { email: "u@example.org", password: "correct horse", role_id: "user" });
  userId = body.user_id;
});
after(() => world.stop());

/** The findings of `pitrix audit`. */
const audited = async () => {
  const { url, settings } = world.of();
  const setup = readSetup({ PITRIX_SERVICES: `account=${url}`, PITRIX_SEALING_KEYS: settings.PITRIX_SEALING_KEYS }, "nowhere");
  const platform = connectPlatform(setup);
  const { take, finish } = await auditOf(servicesClient(platform), [account]);
  const records: LogRecord[] = [];
  await readRecords(world.broker.connect(), { topics: topicsFor({}) }, new AbortController().signal, async (record) => {
    records.push(record);
    await take(record);
  });
  const audit = await finish();
  await platform.close();
  return { ...audit, all: records };
};

const encoded = codec(contract.schemas);
const recordOf = (stream: string, version: number, event: { readonly type: string }, more: Partial<Commit> = {}): OutgoingRecord => {
  const [record] = recordsOf(contract, "account", commitOf(stream, version, { events: [encoded.encode("user", event)], ...more }));
  assert.ok(record);
  return record;
};

test("the audit names an event on the log that its service has not decided, whoever it makes an administrator", async () => {
  const stream = `user/${userId}`;
  const isWhole = async () => (await audited()).all.some(({ key }) => key === stream);
  await eventually("the user is on the log", isWhole);
  const honest = await audited();
  assert.deepEqual(honest.findings, []);
  assert.match(
    auditText(honest, true, (_, text) => text),
    /^complete .*: no version is missing or out of order, and the services have published all of them\.$/,
  );
  const versions = honest.all.filter(({ key }) => key === stream);
  const [first] = versions;
  assert.ok(first);

  const bound = { type: "UserRoleBound", userId, roleId: "global_admin" };
  const { topic, key, value, headers } = first;
  await world.broker.connect().publish([
    // The next event of a known user; one of a user who is not there; a known version with other content, or of another actor.
    recordOf(stream, versions.length + 1, bound),
    recordOf("user/usr-nobody", 1, bound),
    recordOf(stream, 1, bound),
    { topic, key, value, headers: { ...headers, ce_actor: "usr-somebody" } },
    // Of another aggregate than its topic's, which no service could have published.
    { ...recordOf("user/usr-x", 1, bound), topic: "pitrix.group" },
    // A repeat, as a relay makes it.
    { topic, key, value, headers },
  ]);
  const audit = await audited();
  assert.equal(audit.repeats, honest.repeats + 3);
  assert.deepEqual(
    audit.findings.map(({ kind, stream: of, ...finding }) => [kind, of, "version" in finding ? finding.version : 0]).sort(),
    [
      ["forged", stream, 1],
      ["forged", stream, 1],
      ["forged", stream, versions.length + 1],
      ["forged", "user/usr-nobody", 1],
      ["forged", "user/usr-x", 1],
    ].sort(),
  );
  assert.match(
    auditText(audit, true, (_, text) => text),
    /^forged +user\/usr-nobody +1 +pitrix\.user\/\d\/\d+$/m,
  );
});

test("the audit fails where a service does not answer, and only those who operate may ask it", async () => {
  const keys = world.of().settings.PITRIX_SEALING_KEYS;
  const platform = connectPlatform(readSetup({ PITRIX_SERVICES: "account=http://127.0.0.1:1", PITRIX_SEALING_KEYS: keys }, "nowhere"));
  await assert.rejects(auditOf(servicesClient(platform), [account]), /account does not answer: what it has published is not known/);
  await platform.close();
  const { url } = world.of();
  const ask = (authorization: string, body: object) =>
    fetch(`${url}/internal/audit`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  assert.equal((await ask("", { events: [] })).status, 401);
  await world.know("user/usr-plain", { kind: "user", roleIds: ["user"] });
  assert.equal((await ask(`Bearer ${await world.token("usr-plain")}`, { events: [] })).status, 403);
  for (const events of [undefined, [{}], Array.from({ length: 1_001 }, () => ({ stream: "user/u", version: 1, digest: "" }))])
    assert.equal((await ask(`Bearer ${await world.token("system")}`, { events })).status, 400);
});
