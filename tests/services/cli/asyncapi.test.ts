import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import avro from "avsc";
import { graphOf } from "../../../events/map/graph.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { eventsPage } from "../../../services/api/page.ts";
import { thirdPartyAcls } from "../../../services/chassis/acls.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { eventsDocument } from "../../../services/chassis/http/document.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { asyncApiOf } from "../../../services/cli/asyncapi.ts";
import { services } from "../../../services/index.ts";
import { root } from "../../root.ts";

let loaded: Awaited<ReturnType<typeof loadServices>>;
let document: ReturnType<typeof Object>;
before(async () => {
  loaded = await loadServices(services);
  document = Object(asyncApiOf(loaded, contract, schemas));
});

test("the AsyncAPI document has exactly the topics that third parties may read, with every event in its newest version", () => {
  const readable = thirdPartyAcls("anybody", loaded).flatMap(({ resource, name }) => (resource === "topic" ? [name] : []));
  assert.deepEqual(Object.keys(document.channels).toSorted(), readable.toSorted());
  for (const [topic, { messages }] of Object.entries<{ messages: object }>(document.channels))
    for (const event of Object.keys(messages)) {
      const { payload, "x-schema-id": id } = document.components.messages[`${topic}.${event}`];
      const newest = schemas.findLast((each) => `pitrix.${each.aggregate}` === topic && each.event === event);
      assert.equal(id, newest?.id);
      assert.equal(Reflect.get(avro.Type.forSchema(payload.schema), "name"), `${topic}.${event}`);
    }
});

test("every reference in it leads somewhere", () => {
  const follow = (reference: string) =>
    reference
      .slice(2)
      .split("/")
      .reduce<unknown>((part, name) => Object(part)[name], document);
  let references = 0;
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const reference: unknown = Reflect.get(part, "$ref");
    if (typeof reference === "string") {
      references++;
      assert.ok(follow(reference), reference);
    }
    for (const each of Object.values(part)) walk(each);
  };
  walk(document);
  assert.ok(references > 200);
});

test("it names each service that announces or reads an event", () => {
  const { arrows } = graphOf(loaded);
  const names = Object.keys(document.operations);
  for (const { from, to, aggregate, event } of arrows) {
    if (!document.channels[`pitrix.${aggregate}`]) continue;
    assert.ok(names.includes(`${from}.announces.${aggregate}`));
    const { messages } = document.operations[`${to}.reads.${aggregate}`];
    assert.ok(
      messages.some(({ $ref }: { readonly $ref: string }) => $ref.endsWith(`/${event}`)),
      `${to} reads ${event}`,
    );
  }
});

test("what the gateway serves names its own registry, and the page of it loads nothing from elsewhere", () => {
  const served = eventsDocument("https://pitrix.example");
  assert.match(JSON.stringify(served), /"schemaRegistryUrl":"https:\/\/pitrix\.example"/);
  const page = eventsPage(served);
  assert.match(page, /<b>ClusterStopped<\/b>/);
  assert.doesNotMatch(page, /<script|<link|<img|src=|url\(/i);
  for (const [, target] of page.matchAll(/href="([^"]*)"/g)) assert.match(target ?? "", /^\//);
});

test("the generated file is what the tables say", () => {
  assert.deepEqual(JSON.parse(readFileSync(join(root, "schemas/generated/asyncapi.json"), "utf8")), JSON.parse(JSON.stringify(document)));
});
