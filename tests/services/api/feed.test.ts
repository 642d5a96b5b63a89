import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { shownTo } from "../../../services/api/events/shown.ts";
import { LONGEST, opaque } from "../../../services/chassis/access/opaque.ts";
import { apiDocument } from "../../../services/chassis/http/document.ts";
import type { EventsPage, EventsRequest, OwnedEvent } from "../../../services/chassis/http/event-routes.ts";
import { feed } from "../../../services/chassis/http/feed/feed.ts";
import { type Position, positions } from "../../../services/chassis/http/feed/position.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { eventually } from "../../eventually.ts";

const key = () => ({ id: "k", key: randomBytes(32) });

/** Services with two partitions each, as the feed asks them. */
const platform = (names: readonly string[], platformKey = key()) => {
  const topics = new Map(names.map((name) => [`pitrix.${name}`, [[], []] as OwnedEvent[][]]));
  const down = new Set<string>();
  const lows = new Map<string, number>();
  const calls: EventsRequest[] = [];
  const stopping = new AbortController();
  const page = async (name: string, { from, wait }: EventsRequest): Promise<EventsPage> => {
    const topic = `pitrix.${name}`;
    const partitions = topics.get(topic) ?? [];
    const low = lows.get(topic) ?? 0;
    const asked = from[topic] ?? partitions.map(({ length }) => length);
    const isHeld = asked.every((offset) => offset >= low);
    const begin = asked.map((offset) => Math.max(low, offset));
    const next = [...begin];
    const events: OwnedEvent[] = [];
    for (const [partition, all] of partitions.entries())
      for (const event of all.slice(begin[partition], (begin[partition] ?? 0) + 100)) {
        events.push(event);
        next[partition] = event.offset + 1;
      }
    if (events.length === 0 && wait > 0) await systemClock.sleep(2);
    return { events, from: { [topic]: begin }, next: { [topic]: next }, lost: isHeld ? [] : [topic] };
  };
  const client = {
    services: async () => names,
    request: async (service: string, _: string, body?: object) => {
      const request = body as EventsRequest;
      calls.push(request);
      return down.has(service) ? undefined : page(service, request);
    },
  };
  const made = feed({ client, clock: systemClock, stopping: stopping.signal }, positions(opaque([platformKey], "test")));
  return {
    ...{ down, lows, calls, feed: made, stop: () => stopping.abort() },
    publish: (name: string, count = 1, owner = "usr-1") => {
      const topic = `pitrix.${name}`;
      for (let each = 0; each < count; each++) {
        const partition = each % 2;
        const all = topics.get(topic)?.[partition] ?? [];
        const id = `${name}/${partition}@${all.length + 1}`;
        const attributes = {
          specversion: "1.0",
          source: `/pitrix/${name}`,
          type: `${topic}.Happened`,
          time: "",
          dataschema: "",
          sequence: "",
        };
        const event = { ...attributes, id, subject: `${name}/${partition}`, datacontenttype: "application/json", correlationid: `r-${id}` };
        all.push({ topic, partition, offset: all.length, owner: { owner, owner_group: "" }, event });
      }
    },
    all: () => [...topics.values()].flat(2).map(({ event }) => event.id),
  };
};
type Platform = ReturnType<typeof platform>;

const everything = async () => ({ sees: () => true });
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
/** A stream that is read until it is left. */
const streaming = (
  { feed: { begin, from } }: Platform,
  lastEventId?: string,
  filters: Parameters<typeof shownTo>[1] = {},
  rights: Parameters<typeof shownTo>[0] = everything,
) => {
  const left = new AbortController();
  const position = begin(lastEventId, undefined);
  assert.ok(position);
  const source = shownTo(rights, filters, from(position, left.signal));
  const begun = source.id?.() ?? "";
  let text = `id: ${begun}\n\n`;
  const reading = (async () => {
    for await (const frames of source) text += textOf((frames as { readonly bytes: Uint8Array }).bytes);
  })();
  const ids = (): readonly string[] => [...text.matchAll(/^data: .*?"id":"([^"]*)"/gm)].map(([, id = ""]) => id);
  const last = (): string => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? "";
  const leave = async (): Promise<void> => {
    left.abort();
    await reading;
  };
  return { begun, ids, last, position: () => source.id?.() ?? "", text: () => text, leave, reading };
};
const hasAll = (stream: ReturnType<typeof streaming>, ids: readonly string[]) =>
  eventually(`all of ${ids.length} are shown, and not ${stream.ids().length}`, () => ids.every((id) => stream.ids().includes(id)));

test("all services' events are merged for all streams, each service is followed once, and each event is shown once", async () => {
  const at = platform(["cluster", "repo"]);
  const streams = Array.from({ length: 20 }, () => streaming(at));
  await eventually("both are followed", () => at.calls.length > 1);
  at.publish("cluster", 10);
  at.publish("repo", 10);
  for (const stream of streams) {
    await hasAll(stream, at.all());
    assert.equal(new Set(stream.ids()).size, stream.ids().length);
  }
  assert.ok(
    at.calls.every(({ wait }) => wait > 0),
    "nobody asked for older pages",
  );
  at.stop();
  await Promise.all(streams.map(({ reading }) => reading));
});

test("who comes back misses nothing, from any event on, also at another gateway and from long ago", async () => {
  const platformKey = key();
  const at = platform(["cluster", "repo"], platformKey);
  const first = streaming(at);
  await eventually("both are followed", () => at.calls.length > 1);
  at.publish("cluster", 300);
  at.publish("repo", 300);
  await hasAll(first, at.all());
  const seen = first.ids();
  const messages = first.text().split("\n\n").slice(1, -1);
  const marked = messages.flatMap((message, number) => (message.startsWith("id: ") ? number : []));
  assert.ok(marked.length > 600 / 32 && marked.every((number, index) => number - (marked[index - 1] ?? -1) <= 32));
  for (const number of [0, 1, 40, 150, 299, 450, 599]) {
    // What a client knows: the last id, which its message or an earlier one had.
    const known = marked.findLast((each) => each <= number);
    const id = known === undefined ? first.begun : (/^id: (.*)$/m.exec(messages[known] ?? "")?.[1] ?? assert.fail());
    const again = streaming(at, id);
    await hasAll(again, seen.slice(number + 1));
    assert.ok(again.ids().length < 600 - number + 32);
    await again.leave();
  }
  await first.leave();
  at.stop();
});

test("a stream that begins at a time does not show what this gateway has heard before", async () => {
  const at = platform(["cluster"]);
  const first = streaming(at);
  await eventually("it is followed", () => at.calls.length > 1);
  at.publish("cluster", 10);
  await hasAll(first, at.all());
  // The service has nothing since then.
  const position = at.feed.begin(undefined, Date.now()) as Position;
  const left = new AbortController();
  const later = at.feed.from(position, left.signal)[Symbol.asyncIterator]();
  const next = later.next();
  await eventually("the service is asked for that time", () => at.calls.some(({ since }) => since === position.since));
  at.publish("cluster", 1);
  const items = (await next).value as readonly { readonly event: { readonly id: string } }[];
  assert.deepEqual(
    items.map(({ event }) => event.id),
    ["cluster/0@6"],
  );
  left.abort();
  at.stop();
});

test("a stream that shows nothing moves on all the same", async () => {
  const at = platform(["cluster"]);
  const nothing = streaming(at, undefined, { type: ["NeverHappens"] });
  const begun = nothing.position();
  await eventually("it is followed", () => at.calls.length > 1);
  at.publish("cluster", 50);
  const moved = await eventually("it moves on", () => nothing.position() !== begun && nothing.position());
  await eventually("it is at the end", async () => {
    const rest = streaming(at, nothing.position());
    await systemClock.sleep(5);
    await rest.leave();
    return rest.ids().length === 0;
  });
  assert.deepEqual([nothing.ids(), moved === begun], [[], false]);
  at.stop();
});

test("filters are combined: type, subject, correlation", async () => {
  const at = platform(["cluster", "repo"]);
  const cases = [
    { filters: { type: ["pitrix.repo.Happened"] }, shown: ["repo/0@1", "repo/1@1"] },
    { filters: { type: ["Happened"], subject: ["cluster/1", "none/1"] }, shown: ["cluster/1@1"] },
    { filters: { correlation: ["r-repo/0@1"] }, shown: ["repo/0@1"] },
    { filters: { correlation: ["r-repo/0@1"], subject: ["cluster/1"] }, shown: [] },
    { filters: { job: ["j-1"] }, shown: [] },
  ];
  const streams = cases.map(({ filters }) => streaming(at, undefined, filters));
  const all = streaming(at);
  await eventually("both are followed", () => at.calls.length > 1);
  at.publish("cluster", 2);
  at.publish("repo", 2);
  await hasAll(all, at.all());
  for (const [number, { shown }] of cases.entries()) {
    await hasAll(streams[number] ?? assert.fail(), shown);
    assert.deepEqual(streams[number]?.ids(), shown);
  }
  at.stop();
});

test("each event is shown by the rights of its moment, and a stream without rights ends", async () => {
  const at = platform(["cluster"]);
  let mine: string | undefined = "usr-1";
  const rights = async () => (mine === undefined ? undefined : { sees: ({ owner }: { readonly owner?: unknown }) => owner === mine });
  const stream = streaming(at, undefined, {}, rights);
  const all = streaming(at);
  await eventually("it is followed", () => at.calls.length > 1);
  at.publish("cluster", 1, "usr-1");
  at.publish("cluster", 1, "usr-2");
  await hasAll(all, at.all());
  mine = "usr-2";
  at.publish("cluster", 1, "usr-1");
  at.publish("cluster", 1, "usr-2");
  await hasAll(all, at.all());
  await hasAll(stream, ["cluster/0@1", "cluster/0@4"]);
  assert.deepEqual(stream.ids(), ["cluster/0@1", "cluster/0@4"]);
  mine = undefined;
  at.publish("cluster");
  await stream.reading;
  assert.equal(stream.ids().length, 2);
  at.stop();
});

test("a slow reader is let go once events are not in memory any more, comes back and misses nothing; nobody else waits", async () => {
  const at = platform(["cluster"]);
  const left = new AbortController();
  const slow = at.feed.from(at.feed.begin(undefined, undefined) as Position, left.signal);
  const reader = slow[Symbol.asyncIterator]();
  const other = streaming(at);
  await eventually("it is followed", () => at.calls.length > 1);
  const first = reader.next();
  at.publish("cluster", 2);
  assert.equal((await first).done, false);
  for (let round = 0; round < 15; round++) {
    at.publish("cluster", 1_000);
    await hasAll(other, at.all().slice(-1));
    await eventually("the other has all", () => other.ids().length === at.all().length);
  }
  const id = slow.id();
  for (;;) if ((await reader.next()).done) break;
  const again = streaming(at, id);
  await eventually("it has all", () => new Set(again.ids()).size === at.all().length);
  assert.equal(new Set(other.ids()).size, other.ids().length);
  at.stop();
});

test("a service that is down holds up nobody, and what it announced meanwhile is not lost", async () => {
  const at = platform(["cluster", "repo"]);
  at.down.add("repo");
  const stream = streaming(at);
  await eventually("it is followed", () => at.calls.length > 2);
  at.publish("cluster", 2);
  await hasAll(stream, ["cluster/0@1", "cluster/1@1"]);
  at.down.delete("repo");
  await eventually("it is asked again", () => at.calls.filter(({ from }) => "pitrix.repo" in from).length > 1);
  at.publish("repo", 2);
  await hasAll(stream, at.all());
  const id = stream.last();
  at.down.add("repo");
  at.publish("repo", 2);
  at.down.delete("repo");
  await hasAll(streaming(at, id), ["repo/0@2", "repo/1@2"]);
  at.stop();
});

test("what the log does not hold any more is told by a message of its own, and the stream goes on", async () => {
  const platformKey = key();
  const at = platform(["cluster"], platformKey);
  const stream = streaming(at);
  await eventually("it is followed", () => at.calls.length > 1);
  at.publish("cluster", 2);
  await hasAll(stream, at.all());
  const id = stream.last();
  at.stop();

  const later = platform(["cluster"], platformKey);
  later.publish("cluster", 40);
  later.lows.set("pitrix.cluster", 10);
  const begun = streaming(later);
  await eventually("it is followed", () => later.calls.length > 1);
  const again = streaming(later, id);
  await hasAll(
    again,
    later.all().filter((each) => Number(each.split("@")[1]) > 10),
  );
  assert.match(again.text(), /^id: .*\n\nid: .*\nevent: gap\ndata: {"topic":\["pitrix.cluster"\]}\n\n/);
  assert.deepEqual(begun.ids(), []);
  later.stop();
});

test("an id that the platform has not made is refused", () => {
  const at = platform(["cluster"]);
  const id = positions(opaque([key()], "test")).idOf({ offsets: { "pitrix.cluster": [1, 2] }, since: 5 });
  const own = streaming(at).position();
  for (const each of [
    "x",
    "0",
    id,
    `${own}A`,
    own.slice(1),
    `${"A".repeat(100_000)}`,
    own.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
  ])
    assert.equal(at.feed.begin(each, undefined), undefined, each.slice(0, 20));
  assert.ok(at.feed.begin(own, undefined));
  at.stop();
});

test("a position is read as it was written, also by an earlier release, and its id tells nothing", () => {
  const texts = opaque([key()], "test");
  const { idOf, read } = positions(texts);
  const position = { offsets: { "pitrix.cluster": [0, 123_456_789_012, 35], "pitrix.app": [7] }, since: 1_700_000_000_123 };
  const id = idOf(position);
  assert.deepEqual(read(id), position);
  assert.equal(idOf(position), id);
  assert.match(id, /^[\w-]+$/);
  assert.ok(!Buffer.from(id, "base64url").toString("latin1").includes("cluster"));
  const former = `${position.since.toString(36)},pitrix.cluster 0 ${(123_456_789_012).toString(36)} z,pitrix.app 7`;
  assert.deepEqual(read(texts.close(Buffer.from(former))), position);
  assert.deepEqual(read(idOf({ offsets: {}, since: 0 })), { offsets: {}, since: 0 });
});

test("ten topics of a hundred partitions fit into an id, and one that no header takes is not made", () => {
  const { idOf, read } = positions(opaque([key()], "test"));
  const of = (topics: number, partitions: number) => ({
    since: 1_700_000_000_123,
    offsets: Object.fromEntries(
      Array.from({ length: topics }, (_, topic) => [
        `pitrix.topic${topic}`,
        Array.from({ length: partitions }, (_, each) => 1_000_000_000 + ((each * 7_919) % 60_000)),
      ]),
    ),
  });
  const id = idOf(of(10, 100));
  assert.ok(id.length < 5_000, `${id.length}`);
  assert.deepEqual(read(id), of(10, 100));
  const { parameters } = JSON.parse(JSON.stringify(apiDocument())).paths["/v1/events"].get;
  const taken = parameters.find(({ name }: { readonly name: string }) => name === "Last-Event-ID").schema.maxLength;
  assert.equal(taken, LONGEST, "the contract takes what is made");
  assert.throws(() => idOf(of(10, 1_000)), /the test has \d+ characters, more than the 8192 that a header takes/);
});
