import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { before, test } from "node:test";
import { graphOf } from "../../../events/map/graph.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services as list } from "../../../services/index.ts";
import { root } from "../../root.ts";
import { story } from "./story.ts";

let services: Awaited<ReturnType<typeof loadServices>>;
let graph: ReturnType<typeof graphOf>;
before(async () => {
  services = await loadServices(list);
  graph = graphOf(services);
});

test("every arrow of the map is a row of a table that runs, and every row that hears something has its arrow", () => {
  for (const { event, from, aggregate, to, by, row } of graph.arrows) {
    const [source, target] = [from, to].map((name) => services.find((each) => each.name === name));
    assert.ok(event in (source?.aggregates[aggregate]?.decider.evolve ?? {}), `${from} announces ${event}`);
    const rows = by === "reaction" ? target?.reactions : target?.projections?.find(({ name }) => name === row)?.evolve;
    assert.ok(event in (rows ?? {}), `${to} has a row for ${event}`);
  }
  const drawn = new Set(graph.arrows.map(({ event, to, by, row }) => `${event} ${to} ${by} ${row}`));
  for (const { name, reactions = {}, projections = [] } of services) {
    for (const event of Object.keys(reactions)) assert.ok(drawn.has(`${event} ${name} reaction ${event}`), `${name} reacts to ${event}`);
    for (const model of projections)
      for (const event of Object.keys(model.evolve))
        assert.ok(drawn.has(`${event} ${name} readModel ${model.name}`), `${model.name} of ${name} reads ${event}`);
  }
});

test("on the platform nobody waits for an event that nobody announces", () => {
  assert.deepEqual(graph.problems, []);
});

test("a reaction to an event that nobody announces is reported, and so is a read model's", () => {
  const { problems } = graphOf(services.filter(({ name }) => name !== "repo"));
  assert.ok(problems.includes("app reacts to PackageListed, which nobody announces"));
  const withoutApp = graphOf(services.filter(({ name }) => name !== "app")).problems;
  assert.ok(withoutApp.includes("read model appVersions of cluster reads AppVersionCreated, which nobody announces"));
});

test("an effect of a foreign event is reported, and so are two services of one name", () => {
  const [runtime, repo] = ["runtime", "repo"].map((name) => services.find((each) => each.name === name));
  assert.ok(runtime && repo);
  const aggregates = { runtime: { ...runtime.aggregates.runtime, effects: repo.aggregates.repo?.effects } };
  const odd = { ...runtime, aggregates: { ...runtime.aggregates, ...aggregates } } as typeof runtime; // Wrong on purpose.
  const { problems } = graphOf([...services.filter(({ name }) => name !== "runtime"), odd]);
  assert.deepEqual(problems, ["runtime has an effect of RepoIndexingRequested, which it does not announce"]);
  assert.ok(graphOf([...services, repo]).problems.includes("there are two services repo"));
});

test("every service of the platform has its room", async () => {
  const files = (await readdir(`${root}/services`, { recursive: true })).filter((file) => /(^|\/)(?<!chassis\/)service\.ts$/.test(file));
  const names = files.map((file) => file.replace(/\/?service\.ts$/, "").replace("providers/", "provider-"));
  assert.deepEqual(
    names.filter((name) => !graph.nodes.some((node) => node.name === name)),
    [],
  );
});

test("the map is the same in whatever order the services are named", () => {
  assert.deepEqual(graphOf([...services].reverse()), graph);
});

test("every reaction of the platform tells which commands it issues", () => {
  for (const { name, reactions } of graph.nodes)
    for (const { on, commands } of reactions) assert.ok(commands.length > 0, `${name} reacts to ${on} with a known command`);
});

test("every command of the platform is issued by a row, and every row issues commands that its service decides", () => {
  for (const { name, aggregates, unnamed, reactions, effects, timers, signals, operations } of graph.nodes) {
    const known = new Set(aggregates.flatMap(({ commands }) => commands));
    for (const { on, commands } of [...reactions, ...effects, ...timers, ...signals, ...operations])
      for (const command of commands) assert.ok(known.has(command), `${name}: ${on} issues ${command}`);
    // No operation retires a signing key yet.
    const expected: { readonly [service: string]: readonly string[] } = { account: ["RetireSigningKey"] };
    assert.deepEqual(unnamed, expected[name] ?? [], name);
  }
});

test("what really happened in a story is on the map", async () => {
  const { commits, services: played } = await story();
  let checked = 0;
  for (const { cause, stream } of commits) {
    const [, row, aggregate = "", , command] = (cause ?? "").split(/(?<=@\d+)\/|\/(?!.*@)/);
    const name = played.find(({ aggregates }) => aggregate in aggregates)?.name;
    if (!command || !cause?.includes(stream)) continue;
    const arrow = graph.arrows.find(({ event, to, by }) => event === row && to === name && by === "reaction");
    assert.ok(arrow?.commands.includes(command), `${name} reacts to ${row} with ${command}`);
    checked++;
  }
  assert.ok(checked >= 4, `${checked} reactions of the story`);
});
