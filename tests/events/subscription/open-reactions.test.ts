import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { metaIn } from "../../../events/log/record.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import { causeOf } from "../../../events/store/command.ts";
import { type KnownEvent, openReactions } from "../../../events/subscription/open-reactions.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { commitOf } from "../../contract/commits.ts";
import { simulated } from "../../world/world.ts";

const released = codec(schemas);
/** The event that a runtime reacts to by giving itself free. */
const ceased: KnownEvent = {
  event: released.encode("cluster", {
    type: "ClusterCeased",
    clusterId: "cl-1",
    jobId: "j-1",
    nodeIds: [],
    runtimeId: "runtime-1",
  } as never), // The codec checks it.
  meta: metaIn(commitOf("cluster/cl-1", 7), 7),
};

test("a reaction is open until its decision is there, also where that is: nothing to do", async () => {
  const store = memoryStore(memoryDatabase(), kind, () => 0);
  const open = () => openReactions(runtime, store, released, [ceased]);
  assert.deepEqual(await open(), [{ eventId: "cluster/cl-1@7", row: "ClusterCeased", commands: ["ReleaseRuntime"] }]);
  const cause = causeOf("cluster/cl-1", 7, "ClusterCeased", "runtime/runtime-1/ReleaseRuntime");
  await store.append(commitOf("runtime/runtime-1", 0, { events: [], cause }));
  assert.deepEqual(await open(), []);
});

test("events without a row, and rows that ask for nothing, leave nothing open", async () => {
  const store = memoryStore(memoryDatabase(), kind, () => 0);
  assert.deepEqual(
    await openReactions({ ...runtime, reactions: { ClusterCeased: { issues: "ReleaseRuntime", given: () => [] } } }, store, released, [
      ceased,
    ]),
    [],
  );
  assert.deepEqual(await openReactions({ ...runtime, reactions: {} }, store, released, [ceased]), []);
});

test("a row that throws is open, with the reason", async () => {
  const broken = {
    ...runtime,
    reactions: {
      ClusterCeased: {
        issues: "ReleaseRuntime",
        given: () => {
          throw new Error("a bug");
        },
      },
    },
  };
  const [found] = await openReactions(
    broken,
    memoryStore(memoryDatabase(), kind, () => 0),
    released,
    [ceased],
  );
  assert.deepEqual([found?.commands, found?.reason], [[], "a bug"]);
});

test("after a real reaction none is open: the causes are the ones that run", async () => {
  const platform = await simulated([runtime]);
  const { ports } = platform.of();
  const headers = {
    ...{ ce_id: "cluster/cl-1@7", ce_type: "pitrix.cluster.ClusterCeased", ce_time: ceased.meta.time, ce_sequence: "7" },
    ...{ ce_correlationid: "r-1", ce_actor: "usr-1", ce_ownerpath: ":usr-1" },
  };
  const { schemaId, bytes } = ceased.event;
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), bytes]);
  value.writeInt32BE(schemaId, 1);
  await platform.settle();
  await platform.during(ports.log.publish([{ topic: "pitrix.cluster", key: "cluster/cl-1", value, headers }]));
  await platform.settle();
  assert.deepEqual(await platform.during(openReactions(runtime, ports.store, released, [ceased])), []);
  assert.equal((await platform.during(ports.store.caused("r-1", 10))).length, 1);
  await platform.stop();
});
