import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Decider } from "../../../events/decider.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Service } from "../../../events/service.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { systemClock as clock } from "../../../services/chassis/process/clock.ts";
import { type Build, buildIn, thisBuild } from "../../../services/cli/build.ts";
import { painter } from "../../../services/cli/output.ts";
import { type WhatIf, whatIf } from "../../../services/cli/what-if.ts";
import { hasDifferences, whatIfText } from "../../../services/cli/what-if-text.ts";
import { eventually } from "../../eventually.ts";
import { root } from "../../root.ts";
import { catalog, changes } from "../../world/toys/catalog.ts";
import { clusterId, clusterStory } from "../../world/toys/clusters.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";

const plain = painter({ isTerminal: false }, {});
const everything = { sample: { buckets: 1, bucket: 0 }, signal: new AbortController().signal };
const service = { ...catalog(new Set()).service, http: [] };
let world: World;
let base: Build;
before(async () => {
  world = await served(service);
  await world.of().ports.log.publish(["a", "b"].flatMap((key) => changes(key, 1, 3)));
  const told = () => [...(world.broker.contents().get("pitrix.group") ?? [])].flat().length;
  await eventually("all reactions are decided", () => told() === 6);
  base = { ...(await thisBuild()), services: [service] };
});
after(() => world.stop());

/** What another build of the catalog would do with the same log. */
const against = (other: Partial<Omit<Service, "http">>): Promise<WhatIf> =>
  whatIf(world.broker.connect(), base, { ...base, services: [{ ...service, ...other }] }, everything);
const partOf = ({ compared }: WhatIf, what: string, name: string) =>
  compared.find((each) => each.what === what && each.name === name) ?? assert.fail(`${what} ${name}`);
const [names] = service.projections ?? [];
assert.ok(names);

test("the same tables make the same of the log, and the log itself stays as it is", async () => {
  const records = () => [...world.broker.contents().values()].flat(2).length;
  const before = records();
  const found = await against({});
  assert.equal(hasDifferences(found), false);
  assert.equal(found.events, 12);
  assert.deepEqual(found.compared.map(({ what, name, compared, differ }) => `${what} ${name} ${compared} ${differ}`).toSorted(), [
    "decision CategoryModified 6 0",
    "reaction CategoryModified 6 0",
    "read model names 2 0",
    "state group 2 0",
  ]);
  assert.deepEqual(found.undecidable, {});
  assert.match(whatIfText(found, plain), /^equal {2}12 events make the same in both builds\.$/m);
  assert.equal(records(), before);
});

test("a changed fold differs by document, with its fields and the event since when; one that throws is parked there", async () => {
  const evolve = {
    CategoryModified: (document: { names: readonly string[] }, { name }: { name: string }) => ({
      names: [...document.names, name === "2" ? "two" : name],
    }),
  };
  const found = await against({ projections: [{ ...names, evolve }] });
  const { compared, differ, examples } = partOf(found, "read model", "names");
  assert.deepEqual([compared, differ], [2, 2]);
  assert.deepEqual(
    examples.find(({ id }) => id === "a"),
    { id: "a", event: "category/a@2", here: "names", there: "names" },
  );
  assert.match(whatIfText(found, plain), /^read model +catalog\/names +a +category\/a@2 +names +names$/m);
  const throwing = {
    CategoryModified: (_: unknown, { name }: { name: string }) => {
      if (name === "3") throw new Error("no three");
      return { names: [] };
    },
  };
  const parked = partOf(await against({ projections: [{ ...names, evolve: throwing }] }), "read model", "names");
  assert.match(parked.examples[0]?.there ?? "", /^parked at category\/\w@3: .*no three/);
});

test("a changed reaction differs by command, and the decision on it by events", async () => {
  const given = ({ categoryId, name }: { categoryId: string; name: string }) => ({
    groupId: categoryId,
    name: name === "2" ? "two" : name,
  });
  const found = await against({ reactions: { CategoryModified: { issues: "Tell", given } } });
  const reaction = partOf(found, "reaction", "CategoryModified");
  assert.deepEqual([reaction.compared, reaction.differ], [6, 2]);
  assert.deepEqual([reaction.examples[0]?.here, reaction.examples[0]?.there], ["Tell", "Tell with other name"]);
  const decision = partOf(found, "decision", "CategoryModified");
  assert.deepEqual([decision.compared, decision.differ], [6, 2]);
  assert.match(decision.examples[0]?.id ?? "", /^group\/\w@2$/);
  assert.equal(decision.examples[0]?.there, "GroupModified with other name");
});

test("a decider that says no, or keeps another state, differs; parts of one build only are named", async () => {
  type Any = Decider<never, never, object>;
  const decider = service.aggregates.group?.decider as unknown as {
    readonly decide: { readonly Tell: (command: { name: string }) => readonly object[] };
  };
  const strict = {
    ...service.aggregates.group?.decider,
    decide: { Tell: (command: { name: string }) => (command.name === "3" ? { rejected: "enough" } : decider.decide.Tell(command)) },
    evolve: { GroupModified: (_: object, { name }: { name: string }) => ({ name }) },
  } as unknown as Any;
  const found = await against({ aggregates: { group: { decider: strict } }, projections: [] });
  const decision = partOf(found, "decision", "CategoryModified");
  assert.deepEqual([decision.differ, decision.examples[0]?.here, decision.examples[0]?.there], [2, "GroupModified", "rejected: enough"]);
  const state = partOf(found, "state", "group");
  assert.deepEqual([state.compared, state.differ, state.examples[0]?.here], [2, 2, "name"]);
  assert.deepEqual([found.onlyHere, found.onlyThere], [["read model catalog/names"], []]);
});

test("what a cluster's whole story left on the log is decided again as it was, reaction by reaction", async () => {
  const service = provider(async () => {});
  const platform = await clusterStory({ service });
  await platform.send("cluster", { type: "StopCluster", clusterId, jobId: "j-2" });
  await platform.settle();
  await platform.send("cluster", { type: "CeaseCluster", clusterId, jobId: "j-3", force: true });
  await platform.settle();
  const log = memoryLogBroker({ clock, partitions: 2 }).connect();
  for (const [topic, partitions] of platform.broker.contents())
    if (/^pitrix\.[a-zA-Z]+$/.test(topic) && topic !== "pitrix.instances") for (const records of partitions) await log.publish(records);
  const build = await thisBuild();
  const all = { ...build, services: [...build.services.filter(({ name }) => name !== service.name), { ...service, http: [] }] };
  const found = await whatIf(log, all, all, everything);
  assert.equal(hasDifferences(found), false, whatIfText(found, plain));
  const decisions = found.compared.filter(({ what }) => what === "decision").reduce((sum, { compared }) => sum + compared, 0);
  assert.ok(decisions >= 6, whatIfText(found, plain));
  assert.deepEqual(Object.keys(found.undecidable).toSorted().slice(0, 1), ["outcomes of effects"]);
  await log.close();
});

test("the build in another directory interprets its tables itself, and what it deletes is deleted", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-build-"));
  for (const part of ["events", "services", "schemas"])
    cpSync(join(root, "dist", part), join(directory, "dist", part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), readFileSync(join(root, "package.json")));
  const file = join(directory, "dist/services/app/read-models/files.js");
  const text = readFileSync(file, "utf8");
  const changed = text.replace(/\.\.\.category,\s+name,/, "...category, name: 'new',");
  assert.notEqual(changed, text);
  writeFileSync(file, changed);

  const log = memoryLogBroker({ clock, partitions: 2 }).connect();
  await log.publish([...changes("x", 1, 2), ...changes("y", 1, 1)]);
  const found = await whatIf(log, await thisBuild(), await buildIn(directory), { ...everything, service: "app" });
  const { compared, differ, examples } = partOf(found, "read model", "categories");
  assert.deepEqual([compared, differ, examples[0]?.here], [2, 2, "name"]);
  assert.deepEqual(found.undecidable, { requests: 3 });
  assert.match(whatIfText(found, plain), /asked or answered: 3 requests\.$/m);
  await assert.rejects(
    buildIn(tmpdir()),
    (error) => error instanceof CommandFailed && error.code === 64 && /is not a build/.test(error.message),
  );
  await log.close();
});
