import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { recordsOf } from "../../../events/log/record.ts";
import { graphOf, observe } from "../../../events/map/index.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Commit, OutgoingRecord } from "../../../events/ports.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { stateAt } from "../../../services/chassis/operator/at.ts";
import { findEvent, partFor, readEvents } from "../../../services/chassis/operator/events.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { liveMap } from "../../../services/chassis/operator/live-map.ts";
import { systemClock as clock } from "../../../services/chassis/process/clock.ts";
import { eventDetails } from "../../../services/cli/events-text.ts";
import { liveMapSvg, liveMapText, stateText } from "../../../services/cli/look-text.ts";
import { painter } from "../../../services/cli/output.ts";
import { services } from "../../../services/index.ts";
import { commitOf } from "../../contract/commits.ts";

const encoded = codec(contract.schemas);
const plain = painter({ isTerminal: false }, {});
const signal = new AbortController().signal;
const log = memoryLogBroker({ clock, partitions: 4 }).connect();
let loaded: Awaited<ReturnType<typeof loadServices>>;
before(async () => {
  loaded = await loadServices(services);
});
const category = (type: string, name: string, categoryId = "ctg-1") => ({
  ...{ type, categoryId },
  ...(type !== "CategoryDeleted" && { name, locale: "", description: "", icon: "" }),
  ...(type === "CategoryCreated" && { owner: "", ownerPath: "" }),
});

type More = { readonly time: string; readonly causationId?: string; readonly row?: string; readonly correlationId?: string };
const recordOf = (service: string, stream: string, version: number, event: { readonly type: string }, more: More): OutgoingRecord => {
  const aggregate = stream.slice(0, stream.indexOf("/"));
  const { metadata, ...commit } = commitOf(stream, version, { events: [encoded.encode(aggregate, event)] });
  const given: Commit = { ...commit, metadata: { ...metadata, row: "", causationId: null, ...more } };
  const [record] = recordsOf(contract, service, given);
  assert.ok(record);
  return record;
};
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const step = (version: number, type: string, name: string, second: number) =>
  recordOf("app", "category/ctg-1", version, category(type, name), { time: at(second), row: "ModifyCategory" });

before(async () => {
  await log.publish([
    step(1, "CategoryCreated", "first", 1),
    step(2, "CategoryModified", "second", 2),
    // A repeat, as a relay makes it.
    step(2, "CategoryModified", "second", 2),
    recordOf("app", "category/ctg-2", 1, category("CategoryCreated", "other", "ctg-2"), { time: at(3) }),
    step(3, "CategoryModified", "third", 4),
    step(4, "CategoryDeleted", "", 5),
  ]);
});
after(() => log.close());

const means = () => ({ log, loaded, signal, now: Date.parse(at(9)) });
const names = async (when: string, what: string) => {
  const { state, event_id: eventId, events } = await stateAt(means(), when, what);
  return [Reflect.get(Object(state), "name"), eventId, events];
};

test("an aggregate is folded up to an event, to a time, and to the time of another stream's event", async () => {
  assert.deepEqual(await names("category/ctg-1@2", "category/ctg-1"), ["second", "category/ctg-1@2", 2]);
  assert.deepEqual(await names(at(1), "category/ctg-1"), ["first", "category/ctg-1@1", 1]);
  assert.deepEqual(await names("category/ctg-2@1", "category/ctg-1"), ["second", "category/ctg-1@2", 2]);
  assert.deepEqual(await names("5s", "category/ctg-1"), ["third", "category/ctg-1@3", 3]);
  assert.deepEqual(await stateAt(means(), "2025-01-01", "category/ctg-1"), {
    ...{ of: "category/ctg-1", event_id: null, time: null, events: 0, state: null, set_by: {} },
  });
});

test("a document is folded likewise, with the event that set each field, and is gone once it is deleted", async () => {
  const found = await stateAt(means(), "category/ctg-1@3", "app/categories/ctg-1");
  assert.equal(found.set_by.name, "category/ctg-1@3");
  assert.equal(found.set_by.category_id ?? found.set_by.create_time, "category/ctg-1@1");
  assert.match(stateText(found, plain), /^app\/categories\/ctg-1 {2}as of category\/ctg-1@3, 2026-01-01T00:00:04\.000Z, 3 events$/m);
  assert.match(stateText(found, plain), /^ {2}name: "third" {2}category\/ctg-1@3$/m);
});

test("what names no moment, no aggregate and no read model is refused with what would", async () => {
  const refused = (when: string, what: string, code: number, sentence: RegExp) =>
    assert.rejects(stateAt(means(), when, what), (error) => {
      assert.ok(error instanceof CommandFailed, String(error));
      assert.match(error.message, sentence);
      assert.equal(error.code, code);
      return true;
    });
  await refused("yesterday", "category/ctg-1", 64, /is not a moment: expected a time/);
  await refused("category/ctg-1@9", "category/ctg-1", 66, /the log has no event category\/ctg-1@9/);
  await refused("now", "thing/x", 64, /thing\/x names no aggregate: .* the aggregates are .*category/);
  await refused("now", "app/things/x", 66, /there is no read model app\/things; there are .*app\/categories/);
});

test("events are filtered by topic, by the id of an aggregate, and since a time, an event and a position", async () => {
  const ids = async (filter: Parameters<typeof readEvents>[1]) => {
    const found: string[] = [];
    await readEvents(log, filter, signal, ({ record }) => void found.push(record.headers.ce_id ?? ""));
    return found;
  };
  assert.deepEqual(await ids({ id: "ctg-2" }), ["category/ctg-2@1"]);
  assert.deepEqual(await ids({ topic: "pitrix.user" }), []);
  assert.deepEqual(await ids({ since: "category/ctg-1@3" }), ["category/ctg-1@4"]);
  const { partition, offset } = (await findEvent(log, "category/ctg-1@3", signal)).record;
  assert.deepEqual(await ids({ since: `pitrix.category/${partition}/${offset}`, id: "ctg-1" }), ["category/ctg-1@3", "category/ctg-1@4"]);
  const part = await partFor(log, { since: "5m", topic: "pitrix.category" }, Date.now());
  assert.deepEqual([part.topics, part.begin?.size], [["pitrix.category"], 4]);
  await assert.rejects(ids({ since: "soon" }), /--since soon is not a time .*, a duration before now \(5m\), an event id, or a position/);
  await assert.rejects(ids({ topic: "pitrix.categories" }), /there is no topic of events pitrix\.categories/);
});

test("an event is shown with its metadata, and of a secret only that it is there", async () => {
  const created = {
    ...{ type: "RuntimeCredentialCreated", runtimeCredentialId: "rc-1", name: "", description: "", provider: "local", runtimeUrl: "" },
    ...{ sealedContent: `v1.k1.${"a".repeat(16)}.${"b".repeat(30)}`, debug: false, owner: "", ownerPath: "" },
  };
  await log.publish([recordOf("runtime", "runtimeCredential/rc-1", 1, created, { time: at(6) })]);
  const seen = await findEvent(log, "runtimeCredential/rc-1@1", signal);
  const text = eventDetails(seen, plain);
  assert.match(text, /^runtimeCredential\/rc-1@1 {2}at pitrix\.runtimeCredential\/\d\/0, schema \d+, \d+ bytes$/m);
  assert.match(text, /"sealedContent": "\(sealed\)"/);
  assert.ok(!text.includes("bbbbbbb"));
});

test("the live map tells rows that were seen, how fast, those that never were, and those that no table has", () => {
  const graph = graphOf(loaded);
  const seen = (eventId: string, type: string, service: string, time: string, causationId: string | null, row: string) => {
    const [stream = "", version] = eventId.split("@");
    return { eventId, type, service, stream, version: Number(version), time, correlationId: "r", causationId, actionId: null, row };
  };
  const { rows, events } = observe(graph, [
    seen("cluster/c@1", "ClusterRequested", "cluster", at(1), null, "CreateCluster"),
    seen("cluster/d@1", "ClusterRequested", "cluster", at(1), null, "CreateCluster"),
    seen("runtime/r@2", "RuntimeReserved", "runtime", at(3), "cluster/c@1", "ClusterRequested"),
    seen("runtime/r@3", "RuntimeReserved", "runtime", at(6), "cluster/d@1", "ClusterRequested"),
    // Of no table: an application that changes since a cluster was asked for.
    seen("app/a@4", "AppModified", "app", at(4), "cluster/c@1", "ClusterRequested"),
  ]);
  assert.equal(events, 5);
  const of = (event: string, to: string) => rows.find((row) => row.event === event && row.to === to);
  const asked = of("ClusterRequested", "runtime");
  assert.deepEqual([asked?.declared, asked?.announced, asked?.seen, asked?.median, asked?.slowest], [true, 2, 2, 5_000, 5_000]);
  assert.equal(of("ClusterRequested", "app")?.declared, false);
  const never = of("RuntimeReserved", "cluster");
  assert.deepEqual([never?.declared, never?.announced, never?.seen, never?.median], [true, 2, 0, null]);
});

test("the live map is drawn and told, odd rows by name", async () => {
  await log.publish([
    recordOf("app", "category/ctg-9", 1, category("CategoryModified", "x", "ctg-9"), {
      time: at(7),
      causationId: "user/u@1",
      row: "UserCreated",
    }),
  ]);
  const live = await liveMap({ log, own: loaded, all: loaded, signal }, null, Date.now());
  assert.ok(live.events >= 5);
  assert.equal(live.left, 0);
  assert.match(liveMapText(live, plain), /^account +UserCreated +app +reaction +0 +1 +1 +- +- +not declared$/m);
  assert.match(liveMapSvg(loaded, live), /fill="#c0232c"[^>]*>UserCreated {2}not declared</);
});
