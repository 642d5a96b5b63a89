import assert from "node:assert/strict";
import type { OperatorRequest, Parked, ParkedStream } from "../../events/ports.ts";
import { type MakeGround, onGround } from "./fixture.ts";

/** What every place to park events must do. */
export const parkingContract = (name: string, make: MakeGround): void => {
  onGround(`${name}: parked events come back as they were, in the order of their versions`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const events = [parkedOf("clusters", "cluster/a", 10), parkedOf("clusters", "cluster/a", 9), parkedOf("clusters", "cluster/a", 100)];
    const others = [parkedOf("clusters", "cluster/a-b", 1), parkedOf("clustersOld", "cluster/a", 1), parkedOf("jobs", "cluster/c", 1)];
    await parking.add([...events, ...others]);
    const [ten, nine, hundred] = events;
    assert.deepEqual(await fixture.instance().parking.of("clusters", "cluster/a"), [nine, ten, hundred]);
    assert.deepEqual(await parking.of("clusters", "cluster/none"), []);
    assert.deepEqual(await parking.of("clusters", "cluster/a", 2), [nine, ten]);
    assert.deepEqual(namesOf(await parking.streams("clusters")), ["cluster/a", "cluster/a-b"]);
    assert.deepEqual(await parking.streams("none"), []);
    assert.equal((await parking.list(100)).length, 6);
    assert.equal((await parking.list(4)).length, 4);
  });

  onGround(`${name}: a tombstone, odd header names and unicode are kept`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const odd = parkedOf("clusters", "cluster/ü", 1);
    const parked = { ...odd, record: { ...odd.record, value: null, headers: { "content-type": "a", "a.b": "ż", $c: "集", "": "empty" } } };
    await parking.add([parked]);
    assert.deepEqual(await parking.of("clusters", "cluster/ü"), [parked]);
  });

  onGround(`${name}: parking again changes nothing, and what is removed is gone`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const first = parkedOf("clusters", "cluster/a", 1);
    await Promise.all([parking.add([first]), parking.add([first]), fixture.instance().parking.add([first])]);
    await parking.add([{ ...first, reason: "another" }]);
    assert.deepEqual(await parking.list(10), [first]);
    await parking.remove([parkedOf("clusters", "cluster/a", 2)]);
    assert.deepEqual(await parking.list(10), [first]);
    await parking.remove([first]);
    await parking.remove([first]);
    assert.deepEqual([await parking.list(10), await parking.streams("clusters")], [[], []]);
  });

  onGround(`${name}: a restart keeps what is parked`, make, async (fixture) => {
    const parked = parkedOf("clusters", "cluster/a", 1);
    await fixture.instance().parking.add([parked]);
    await fixture.restart();
    assert.deepEqual(await fixture.instance().parking.list(10), [parked]);
  });

  onGround(`${name}: what is parked of a partition is told by stream, with its first event`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const first = { ...parkedOf("clusters", "cluster/a", 7), attempts: 3, unknownSchema: true, reason: "first" };
    const elsewhere = parkedOf("clusters", "cluster/b", 1);
    const other = { ...elsewhere, record: { ...elsewhere.record, partition: 4 } };
    await parking.add([first, waiting("cluster/a", 8), waiting("cluster/a", 12), other, parkedOf("jobs", "cluster/a", 7)]);
    const { record, version, subscription, stream, ...told } = first;
    const { topic, partition, offset } = record;
    const expected = { ...told, subscription, stream, topic, partition, offset, first: 7, last: 12, events: 3 };
    assert.deepEqual(await parking.streams("clusters", { topic: "pitrix.cluster", partition: 3 }), [expected]);
    assert.deepEqual(await parking.streams("clusters", { topic: "pitrix.app", partition: 3 }), []);
    assert.deepEqual(namesOf(await parking.streams("clusters")), ["cluster/a", "cluster/b"]);
    await parking.remove([first, waiting("cluster/a", 8)]);
    const [left] = await parking.streams("clusters", { topic: "pitrix.cluster", partition: 3 });
    assert.deepEqual([left?.first, left?.last, left?.events, left?.attempts], [12, 12, 1, 0]);
  });

  onGround(`${name}: a record that does not tell its version stands behind the event that it came after`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const odd = { ...waiting("cluster/a", 8), eventId: "pitrix.cluster/3/77" };
    const odder = { ...odd, eventId: "pitrix.cluster/3/78" };
    const events = [parkedOf("clusters", "cluster/a", 7), waiting("cluster/a", 8), odd, odder, waiting("cluster/a", 9)];
    await parking.add([...events].reverse());
    assert.deepEqual(await parking.of("clusters", "cluster/a"), events);
    await parking.remove([odd]);
    assert.equal((await parking.of("clusters", "cluster/a")).length, 4);
  });

  onGround(`${name}: what is asked of a parked event is seen by others until it was tried again`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const [first, second] = [parkedOf("clusters", "cluster/a", 1), parkedOf("clusters", "cluster/b", 1)];
    await parking.add([first, second, parkedOf("jobs", "cluster/b", 1)]);
    assert.deepEqual(await parking.asked("clusters"), []);
    assert.equal(await parking.ask(second, asked), true);
    assert.equal(await parking.ask(parkedOf("clusters", "cluster/none", 1), asked), false);
    assert.deepEqual(await fixture.instance().parking.asked("clusters"), [{ ...second, asked }]);
    assert.deepEqual(await parking.asked("jobs"), []);
    const again = { ...second, attempts: 2, reason: "once more", time: "2024-05-02T10:00:00.000Z" };
    await parking.again(again);
    assert.deepEqual(await parking.asked("clusters"), []);
    assert.deepEqual(await parking.of("clusters", "cluster/b"), [again]);
    await parking.remove([first]);
    await parking.again(first);
    assert.deepEqual(await parking.of("clusters", "cluster/a"), [], "what is gone stays gone");
  });

  onGround(`${name}: what was discarded is not parked any more, and never again`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const first = parkedOf("clusters", "cluster/a", 1);
    await parking.add([first, waiting("cluster/a", 2)]);
    await parking.ask(first, { ...asked, action: "discard" });
    await parking.discard(first);
    await parking.discard(first);
    await parking.add([first]);
    await parking.again(first);
    assert.equal(await parking.ask(first, asked), false);
    assert.deepEqual(await parking.list(10), [waiting("cluster/a", 2)]);
    assert.deepEqual(await parking.asked("clusters"), []);
    assert.equal((await parking.streams("clusters"))[0]?.first, 2);
    assert.deepEqual(await fixture.instance().parking.discarded("clusters"), ["cluster/a@1"]);
    assert.deepEqual(await parking.discarded("jobs"), []);
  });

  onGround(`${name}: what one subscription has discarded another one may discard, too, whatever it has parked`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const [first, second] = [parkedOf("clusters__v1", "cluster/a", 1), parkedOf("clusters__v1", "cluster/b", 1)];
    await parking.add([first, second]);
    await parking.discard(first);
    await parking.inherit("clusters__v1", "clusters__v1r3");
    await parking.inherit("clusters__v1", "clusters__v1r3");
    assert.deepEqual(await fixture.instance().parking.discarded("clusters__v1r3"), ["cluster/a@1"]);
    assert.deepEqual([await parking.streams("clusters__v1r3"), (await parking.streams("clusters__v1")).length], [[], 1]);
    await parking.forget("clusters__v1");
    assert.deepEqual(await parking.discarded("clusters__v1r3"), ["cluster/a@1"]);
    await parking.add([parkedOf("clusters__v1r3", "cluster/a", 1)]);
    assert.deepEqual(await parking.list(10), [], "it never parks what it has discarded");
  });

  onGround(`${name}: all that a subscription has parked or discarded is forgotten, and nothing of another`, make, async (fixture) => {
    const { parking } = fixture.instance();
    const [first, second] = [parkedOf("clusters__v1", "cluster/a", 1), parkedOf("clusters__v1", "cluster/b", 1)];
    const other = parkedOf("clusters__v10", "cluster/a", 1);
    await parking.add([first, second, other]);
    await parking.discard(second);
    await fixture.instance().parking.forget("clusters__v1");
    await parking.forget("clusters__v1");
    assert.deepEqual(await parking.list(10), [other]);
    assert.deepEqual([await parking.discarded("clusters__v1"), await parking.streams("clusters__v1")], [[], []]);
    await parking.add([second]);
    assert.deepEqual(await parking.of("clusters__v1", "cluster/b"), [second], "what was discarded may be parked again");
  });
};

const asked: OperatorRequest = { action: "redrive", by: "usr-admin", reason: "", time: "2024-05-01T11:00:00.000Z" };
const namesOf = (streams: readonly ParkedStream[]) => streams.map(({ stream }) => stream);
const waiting = (stream: string, version: number): Parked => ({
  ...parkedOf("clusters", stream, version),
  attempts: 0,
  reason: "waits",
});

const parkedOf = (subscription: string, stream: string, version: number): Parked => ({
  subscription,
  record: {
    topic: "pitrix.cluster",
    key: stream,
    value: Uint8Array.of(0, 0, 0, 0, 7, version),
    headers: { ce_id: `${stream}@${version}`, "content-type": "application/avro" },
    partition: 3,
    offset: 2 ** 40 + version,
  },
  eventId: `${stream}@${version}`,
  stream,
  version,
  reason: "TypeError: nodes is not iterable",
  time: "2024-05-01T10:00:00.000Z",
  row: "ClusterStopped",
  attempts: 1,
  unknownSchema: false,
  asked: null,
});
