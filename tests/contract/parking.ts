import assert from "node:assert/strict";
import type { Parked } from "../../events/ports.ts";
import { type MakeGround, onGround } from "./ground.ts";

/** What every place to park events must do. */
export const parkingContract = (name: string, make: MakeGround): void => {
  onGround(`${name}: parked events come back as they were, in the order of their versions`, make, async (ground) => {
    const { parking } = ground.instance();
    const events = [parkedOf("clusters", "cluster/a", 10), parkedOf("clusters", "cluster/a", 9), parkedOf("clusters", "cluster/a", 100)];
    const others = [parkedOf("clusters", "cluster/a-b", 1), parkedOf("clustersOld", "cluster/a", 1), parkedOf("jobs", "cluster/c", 1)];
    for (const parked of [...events, ...others]) await parking.add(parked);
    const [ten, nine, hundred] = events;
    assert.deepEqual(await ground.instance().parking.of("clusters", "cluster/a"), [nine, ten, hundred]);
    assert.deepEqual(await parking.of("clusters", "cluster/none"), []);
    assert.deepEqual(await parking.streams("clusters"), ["cluster/a", "cluster/a-b"]);
    assert.deepEqual(await parking.streams("none"), []);
    assert.equal((await parking.list(100)).length, 6);
    assert.equal((await parking.list(4)).length, 4);
  });

  onGround(`${name}: a tombstone, odd header names and unicode are kept`, make, async (ground) => {
    const { parking } = ground.instance();
    const odd = parkedOf("clusters", "cluster/ü", 1);
    const parked = { ...odd, record: { ...odd.record, value: null, headers: { "content-type": "a", "a.b": "ż", $c: "集", "": "empty" } } };
    await parking.add(parked);
    assert.deepEqual(await parking.of("clusters", "cluster/ü"), [parked]);
  });

  onGround(`${name}: parking again changes nothing, and what is removed is gone`, make, async (ground) => {
    const { parking } = ground.instance();
    const first = parkedOf("clusters", "cluster/a", 1);
    await Promise.all([parking.add(first), parking.add(first), ground.instance().parking.add(first)]);
    await parking.add({ ...first, reason: "another" });
    assert.deepEqual(await parking.list(10), [first]);
    await parking.remove(parkedOf("clusters", "cluster/a", 2));
    assert.deepEqual(await parking.list(10), [first]);
    await parking.remove(first);
    await parking.remove(first);
    assert.deepEqual([await parking.list(10), await parking.streams("clusters")], [[], []]);
  });

  onGround(`${name}: a restart keeps what is parked`, make, async (ground) => {
    const parked = parkedOf("clusters", "cluster/a", 1);
    await ground.instance().parking.add(parked);
    await ground.restart();
    assert.deepEqual(await ground.instance().parking.list(10), [parked]);
  });
};

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
});
