import assert from "node:assert/strict";
import { test } from "node:test";
import { causation, fromRecord, type Occurrence } from "../../../events/map/causation.ts";
import { causationPicture, causationSvg } from "../../../events/map/causation-svg.ts";
import { causationText, duration } from "../../../events/map/causation-text.ts";
import { story } from "./story.ts";

const event = (type: string, id: string, at: number, because: Partial<Occurrence> = {}): Occurrence => ({
  eventId: id,
  type,
  service: "cluster",
  stream: id.split("@")[0] ?? "",
  version: Number(id.split("@")[1]),
  time: new Date(at).toISOString(),
  correlationId: "c-1",
  causationId: null,
  actionId: null,
  row: "CreateCluster",
  ...because,
});
const fanOut = (count: number): readonly Occurrence[] => [
  event("DeploymentStarted", "localDeployment/cl-1@1", 0, { service: "provider-local" }),
  ...Array.from({ length: count }, (_, index) =>
    event("TaskSucceeded", `localDeployment/cl-1@${index + 2}`, 12 + index, {
      service: "provider-local",
      causationId: "localDeployment/cl-1@1",
      row: "effect",
    }),
  ),
];

test("the tree of a real deployment begins with the request and ends with the active cluster", async () => {
  const { occurrences } = await story();
  const text = causationText(causation(occurrences));
  const lines = text.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^Request story: \d+ events in 3 services, \d+ ms$/);
  assert.deepEqual(
    lines.slice(1, 8).map((line) => line.replace(/^[ │]*[├└]─ /, "").replace(/ {2,}.*$/, "")),
    [
      "ClusterRequested",
      "RuntimeReserved",
      "ClusterDeploymentRequested",
      "DeploymentStarted",
      "ClusterActionStarted",
      "TaskStarted ×4",
      "NodeProvisioned ×4",
    ],
  );
  assert.match(lines.at(-1) ?? "", /└─ ClusterActivated +cluster +\d+ ms {2}reaction +cluster\/cl-story@4$/);
});

test("every event of the story is in its tree exactly once", async () => {
  const { occurrences } = await story();
  const idsIn = (nodes: ReturnType<typeof causation>["roots"]): readonly string[] =>
    nodes.flatMap(({ occurrences: own, effects }) => [...own.map(({ eventId }) => eventId), ...idsIn(effects)]);
  const tree = causation(occurrences);
  assert.equal(tree.roots.length, 1);
  assert.deepEqual([...idsIn(tree.roots)].sort(), occurrences.map(({ eventId }) => eventId).sort());
});

test("the timeline of the story covers no text, and comes out the same again", async () => {
  const [one, two] = [await story(), await story()];
  const picture = causationPicture(causation(one.occurrences));
  for (const [index, a] of picture.texts.entries())
    for (const b of picture.texts.slice(index + 1))
      assert.ok(
        a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height,
        `"${a.text}" covers "${b.text}"`,
      );
  assert.equal(picture.svg, causationSvg(causation(two.occurrences)));
  assert.equal(picture.svg, causationSvg(causation([...one.occurrences].reverse())));
  assert.doesNotMatch(picture.svg, /NaN|undefined/);
});

test("a long fan-out is folded into one line", () => {
  assert.equal(
    causationText(causation(fanOut(48))),
    [
      "Request c-1: 49 events in 1 service, 59 ms",
      "DeploymentStarted     provider-local      0 ms  CreateCluster  localDeployment/cl-1@1",
      "└─ TaskSucceeded ×48  provider-local  12-59 ms  effect",
      "",
    ].join("\n"),
  );
});

test("a few alike are told one by one, and what comes of folded ones is folded with them", () => {
  assert.equal(causation(fanOut(3)).roots[0]?.effects.length, 3);
  const after = fanOut(5)
    .slice(1)
    .map(({ eventId }, index) => event("NodeNoted", `cluster/cl-${index}@1`, 100 + index, { causationId: eventId, row: "TaskSucceeded" }));
  const [folded] = causation([...fanOut(5), ...after]).roots[0]?.effects ?? [];
  assert.equal(folded?.occurrences.length, 5);
  assert.deepEqual(
    folded?.effects.map(({ type, because, occurrences }) => [type, because, occurrences.length]),
    [["NodeNoted", "reaction", 5]],
  );
});

test("a repeated event counts once, and one whose cause is not shown begins a tree of its own", () => {
  const lone = event("ClusterStopped", "cluster/cl-2@7", 5, { causationId: "localDeployment/cl-2@3", row: "DeploymentSucceeded" });
  const tree = causation([...fanOut(2), ...fanOut(2), lone, lone]);
  assert.equal(tree.events, 4);
  assert.deepEqual(
    tree.roots.map(({ type, because }) => [type, because]),
    [
      ["DeploymentStarted", "request"],
      ["ClusterStopped", "reaction"],
    ],
  );
});

test("events that claim to cause each other do not go in circles", () => {
  const tree = causation([
    event("A", "a/1@1", 0, { causationId: "b/1@1", row: "B" }),
    event("B", "b/1@1", 1, { causationId: "a/1@1", row: "A" }),
  ]);
  assert.equal(tree.events, 2);
  assert.equal(tree.roots.length, 2);
});

test("no events, no tree, and no error", () => {
  assert.equal(causationText(causation([])), "Request : 0 events in 0 services, 0 ms\n");
  assert.match(causationSvg(causation([])), /^<svg /);
});

test("colours come only where they are asked for", () => {
  const tree = causation(fanOut(4));
  assert.ok(!causationText(tree).includes("\u001b"));
  const plain = causationText(tree, { colour: true })
    .split("\u001b")
    .map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, "")))
    .join("");
  assert.deepEqual(
    plain.split("\n").map((line) => line.trimEnd()),
    causationText(tree).split("\n"),
  );
});

test("a record that is no event is left out", () => {
  const record = { topic: "pitrix.instances", key: "i-1", value: null, headers: { ce_type: "other" }, partition: 0, offset: 0 };
  assert.equal(fromRecord(record), undefined);
});

test("durations read as people say them", () => {
  assert.deepEqual([0, 999, 1_240, 59_960, 61_000].map(duration), ["0 ms", "999 ms", "1.24 s", "60.0 s", "1 min 1 s"]);
});
