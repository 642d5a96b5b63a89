import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { account } from "../../../services/account/service.ts";
import { type AuditOptions, runAudit } from "../../../services/chassis/operator/audit-run.ts";
import { modelAuditText } from "../../../services/cli/audit-text.ts";
import { connectPlatform, servicesClient } from "../../../services/cli/connection.ts";
import { readSetup } from "../../../services/cli/environment.ts";
import { servedWithAccounts } from "../../world/accounts.ts";

let world: Awaited<ReturnType<typeof servedWithAccounts>>;
let admin: Awaited<ReturnType<typeof world.admin>>;
const groups: string[] = [];
before(async () => {
  world = await servedWithAccounts();
  admin = await world.admin();
  for (const name of ["a", "b", "c", "d"]) groups.push((await admin.call("CreateGroup", { name })).body.group_id);
  for (const group_id of groups) for (const name of ["x", "y"]) await admin.call("ModifyGroup", { group_id, name: `${name} ${group_id}` });
});
after(() => world.stop());

const audited = async (options: AuditOptions = {}) => {
  const { url, settings } = world.of();
  const setup = readSetup({ PITRIX_SERVICES: `account=${url}`, PITRIX_SEALING_KEYS: settings.PITRIX_SEALING_KEYS }, "nowhere");
  const platform = connectPlatform(setup);
  const signal = new AbortController().signal;
  try {
    const { findings, read_models: readModels } = await runAudit(
      { platform: servicesClient(platform), log: world.broker.connect(), loaded: [account], signal, progress: () => {} },
      options,
    );
    return { findings, models: readModels ?? assert.fail("no read models were audited") };
  } finally {
    await platform.close();
  }
};
const collection = () => world.of().instance.collections.of("groups") as string;
const documents = () => world.databaseOf("account").models.get(collection()) ?? assert.fail();
const counted = async (metric: string): Promise<number> => {
  const text = await (await fetch(`${world.of().url}/metrics`)).text();
  return Number(new RegExp(`^${metric}\\{[^}]*\\} (\\d+)$`, "m").exec(text)?.[1]);
};

test("an audit of a platform as it is finds nothing, whole and in samples, also while it is used", async () => {
  const { findings, models } = await audited();
  assert.deepEqual([findings, models.wrong, models.findings], [[], {}, []]);
  assert.equal(models.models, account.projections?.length);
  assert.ok(models.documents > 10);
  assert.match(
    modelAuditText(models, (_, text) => text),
    /^equal {2}\d+ documents of \d+ read models are what the events make\.$/,
  );
  const using = (async () => {
    for (let n = 0; n < 20; n++) await admin.call("ModifyGroup", { group_id: groups[n % 4], name: `use ${n}` });
  })();
  for (let n = 0; n < 3; n++) assert.deepEqual((await audited()).models.findings, []);
  await using;
  const sample = await audited({ sample: 25 });
  assert.ok(sample.models.documents < models.documents, "a sample is a part");
  assert.deepEqual(sample.models.findings, []);
});

test("a long log is audited in parts, each in a reading of its own, with the same result", async () => {
  const whole = await audited();
  const { url, settings } = world.of();
  const platform = connectPlatform(
    readSetup({ PITRIX_SERVICES: `account=${url}`, PITRIX_SEALING_KEYS: settings.PITRIX_SEALING_KEYS }, "nowhere"),
  );
  let readings = 0;
  const progress = (read: number, all: number): void => {
    if (read === all) readings++;
  };
  const means = {
    platform: servicesClient(platform),
    log: world.broker.connect(),
    loaded: [account],
    signal: new AbortController().signal,
    progress,
  };
  const parts = await runAudit(means, {}, 10);
  await platform.close();
  assert.ok(readings >= 2, `${readings} readings`);
  assert.deepEqual([parts.findings, parts.read_models?.findings], [[], []]);
  assert.equal(parts.read_models?.documents, whole.models.documents);
});

test("documents that somebody changed, removed or added by hand are named with their fields and events, and counted for an alert", async () => {
  const all = documents();
  const [first = "", second = "", third = ""] = groups;
  const kept = new Map(all);
  const one = all.get(first) ?? assert.fail();
  const { models: whole } = await audited();
  all.set(first, { ...one, value: { ...one.value, name: "forged" } });
  all.delete(second);
  all.set("grp-nobody", { ...one, id: "grp-nobody", stream: "group/grp-nobody" });
  const tombstone = all.get(third) ?? assert.fail();
  all.set(third, { ...tombstone, deleted: true });
  const { models } = await audited();
  assert.deepEqual([models.wrong, models.findings.length, models.documents], [{ account: 4 }, 4, whole.documents + 1]);
  const found = new Map(models.findings.map((each) => [each.id, each]));
  assert.deepEqual(found.get(first), {
    ...{ kind: "document", service: "account", model: "groups", collection: collection(), id: first, stream: `group/${first}` },
    versions: [one.version, one.version],
    fields: [{ field: "name", event: `group/${first}@${one.version}` }],
  });
  assert.deepEqual([found.get(second)?.versions[0], found.get("grp-nobody")?.versions[1]], [null, null]);
  assert.deepEqual(found.get(third)?.fields, [], "whether it is deleted is no field");
  assert.match(
    modelAuditText(models, (_, text) => text),
    new RegExp(`account/groups +${first} +\\d+ +\\d+ +name \\(group/${first}@\\d+\\)`),
  );
  assert.equal(await counted("pitrix_readmodel_divergence_total"), 4);
  all.clear();
  for (const [id, document] of kept) all.set(id, document);
  assert.deepEqual((await audited()).models.findings, []);
});

test("a commit that is missing in the store is told from a forged event, and a lost end of a topic is found", async () => {
  const { commits, streams } = world.databaseOf("account");
  const stream = `group/${groups[3]}`;
  const [id, commit] = [...commits].find(([, { stream: of, version }]) => of === stream && version === 2) ?? assert.fail();
  const ids = streams.get(stream) ?? assert.fail();
  commits.delete(id);
  streams.set(
    stream,
    ids.filter((each) => each !== id),
  );
  const { findings } = await audited();
  assert.deepEqual(
    findings.map(({ kind, stream: of, ...more }) => [kind, of, "version" in more && more.version]),
    [["removed", stream, 2]],
  );
  commits.set(id, commit);
  streams.set(stream, ids);
  const before = await counted("pitrix_log_divergence_total");
  assert.equal(before, 1);
  const own = [...commits.values()].filter(({ stream: of }) => of === stream).toSorted((one, other) => one.version - other.version);
  const last = own.at(-1) ?? assert.fail();
  // As if the end of its topic were lost: the store has published a version that is not on the log.
  const lost = { ...last, version: last.version + last.events.length, publish: false };
  const lostId = `${stream}@${String(lost.version).padStart(12, "0")}`;
  commits.set(lostId, lost);
  const found = (await audited()).findings;
  commits.delete(lostId);
  const { version } = lost;
  assert.deepEqual(found, [
    { kind: "missing", stream, from: version, to: version + lost.events.length - 1, origin: "the store of account" },
  ]);
});
