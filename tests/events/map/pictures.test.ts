import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Picture, Rect } from "../../../events/map/canvas.ts";
import { widthOf, wrapped } from "../../../events/map/canvas.ts";
import { documentsOf } from "../../../events/map/documents.ts";
import { graphOf } from "../../../events/map/graph.ts";
import { layered } from "../../../events/map/layout.ts";
import { mermaid } from "../../../events/map/mermaid.ts";
import { pictureOf, svg } from "../../../events/map/svg.ts";
import type { AnyService } from "../../../events/service.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services as list } from "../../../services/index.ts";

let services: readonly AnyService[];
let graph: ReturnType<typeof graphOf>;
before(async () => {
  services = await loadServices(list);
  graph = graphOf(services);
});
const named = (name: string): AnyService => {
  const found = services.find((each) => each.name === name);
  assert.ok(found);
  return found;
};
/** The same provider for more clouds. */
const clouds = () => [
  ...services,
  ...["aws", "kubernetes", "qingcloud"].map((cloud) => ({ ...named("provider-local"), name: `provider-${cloud}` })),
];

const overlap = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const assertLegible = ({ texts, blocks, width, height, svg }: Picture): void => {
  for (const [index, text] of texts.entries()) {
    assert.ok(
      text.x >= 0 && text.y >= 0 && text.x + text.width <= width && text.y + text.height <= height,
      `"${text.text}" is on the picture`,
    );
    for (const other of texts.slice(index + 1)) assert.ok(!overlap(text, other), `"${text.text}" covers "${other.text}"`);
  }
  for (const [index, block] of blocks.entries())
    for (const other of blocks.slice(index + 1)) assert.ok(!overlap(block, other), `${block.name} covers ${other.name}`);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  assert.equal(svg.match(/<text /g)?.length, svg.match(/<\/text>/g)?.length);
};

test("on the whole map no room covers another, no label a room, and no text a text", () => {
  const picture = pictureOf(graph);
  assertLegible(picture);
  assert.ok(picture.width <= 1_700, `it is ${picture.width} wide`);
});

for (const name of Object.keys(list))
  test(`the picture of ${name} alone is as legible`, () => assertLegible(pictureOf(graph, { only: name })));

test("every event that goes from service to service stands at its arrow, and its arrow leads somewhere", () => {
  const shown = new Set(pictureOf(graph).texts.map(({ text }) => text));
  for (const { event, from, to, by } of graph.arrows) if (from !== to && by === "reaction") assert.ok(shown.has(event), event);
});

test("services that hear and announce the same are one room with all their names", () => {
  const picture = pictureOf(graphOf(clouds()));
  assertLegible(picture);
  const nodes = picture.blocks.filter(({ name }) => name.startsWith("provider-") && !name.includes(" to "));
  assert.equal(nodes.length, 1);
  const shown = picture.texts.map(({ text }) => text);
  for (const cloud of ["aws", "kubernetes", "local", "qingcloud"]) assert.ok(shown.includes(`provider-${cloud}`));
  assert.equal(shown.filter((text) => text === "ClusterDeploymentRequested").length, 1);
});

test("the same tables give the same documents, byte for byte", () => {
  assert.deepEqual([...documentsOf(graphOf([...services].reverse()), contract)], [...documentsOf(graph, contract)]);
});

test("the table has every event once, with what its schema says", () => {
  const table = documentsOf(graph, contract).get("choreography.md") ?? "";
  const events = new Set(graph.nodes.flatMap(({ aggregates }) => aggregates.flatMap((aggregate) => aggregate.events)));
  assert.equal(table.match(/^\| \*\*/gm)?.length, events.size);
  assert.match(table, /\| \*\*RuntimeReserved\*\*<br>[A-Z][^|]+ \| runtime: runtime \| cluster: DeployCluster \|/);
});

test("two services as Mermaid", () => {
  const bare = ({ name, aggregates, reactions = {} }: AnyService): AnyService => ({ name, aggregates, reactions });
  const two = [named("runtime"), named("cluster")].map(bare);
  assert.equal(
    mermaid(graphOf(two)),
    [
      "flowchart LR",
      '  cluster["<b>cluster</b><br>cluster"]',
      '  runtime["<b>runtime</b><br>runtime, runtimeCredential"]',
      '  cluster -->|"ClusterRequested<br>ClusterCeased"| runtime',
      '  runtime -->|"RuntimeReserved<br>RuntimeRefused<br>RuntimeDeleted"| cluster',
      "",
    ].join("\n"),
  );
});

test("a service that is not on the map cannot be drawn", () => {
  assert.throws(() => svg(graph, { only: "billing" }), /there is no service billing on the map, only account, /);
});

test("a link over several columns passes the boxes between in a lane of its own", () => {
  const box = (id: string, column: number) => ({ id, column, width: 50, height: 40 });
  const { places, routes } = layered(
    [box("a", 0), box("b", 1), box("c", 2)],
    [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
      { from: "c", to: "a" },
    ],
    { gap: 30, spacing: 10 },
  );
  const between = places.get("b");
  const through = [...(routes[2] ?? "").matchAll(/C\S+ \S+ \S+ \S+ (\S+) (\S+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
  const [lane] = through;
  assert.ok(between && lane && through.length === 2);
  assert.equal(lane.x, between.x + between.width);
  assert.ok(lane.y < between.y || lane.y > between.y + between.height);
});

test("words are wrapped within the width and none is lost", () => {
  const words = ["ClusterRequested", "RuntimeReserved", "ClusterDeploymentRequested", "ClusterActivated"];
  const lines = wrapped(words, 260, 12);
  assert.deepEqual(lines.join(" ").split(", "), words);
  assert.ok(lines.every((line) => widthOf(line, 12) <= 260));
});
