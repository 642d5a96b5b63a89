import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { OutgoingRecord } from "../../../events/ports.ts";
import { platformStatus } from "../../../services/chassis/http/platform-status.ts";
import { readEvents } from "../../../services/chassis/operator/events.ts";
import { systemClock as clock } from "../../../services/chassis/process/clock.ts";
import type { ServiceInstance } from "../../../services/chassis/process/discovery.ts";
import { connectPlatform, type Platform } from "../../../services/cli/connection.ts";
import { readSetup } from "../../../services/cli/environment.ts";
import { listParked, redriveParked, showParked } from "../../../services/cli/parked.ts";
import { changes } from "../../world/toys/catalog.ts";

const instances: readonly ServiceInstance[] = ["a", "b"].map((service) => ({
  ...{ service, url: `http://${service}`, instance: `${service}-1`, since: "" },
}));
/** A platform whose services answer as they like. */
const platform = (answer: (service: string) => object): Platform => ({
  instances: async (service) => instances.filter((each) => service === undefined || each.service === service),
  ask: async ({ service }) => ({ service, ...answer(service) }),
  log: () => undefined,
  ...{ by: "cli:somebody", brokers: [] },
  close: async () => {},
});

test("instances come by service and id, however they were found", async () => {
  const given = { PITRIX_SERVICES: "b=http://h:3,c=http://h:1,a=http://h:9,a=http://h:2", PITRIX_DISCOVERY: "static" };
  const connected = connectPlatform(readSetup(given, "nowhere"));
  const found = await connected.instances();
  assert.deepEqual(
    found.map(({ service, url }) => `${service} ${url}`),
    ["a http://h:2", "a http://h:9", "b http://h:3", "c http://h:1"],
  );
  await assert.rejects(connected.instances("none"), /there are a, b, c$/);
  await connected.close();
});

test("parked streams come by service, subscription and stream, and their events by subscription", async () => {
  const parked = [
    ["reactions", "cluster/2"],
    ["jobs__v1", "cluster/1"],
    ["reactions", "cluster/1"],
  ].map(([subscription, stream]) => ({ subscription, stream }));
  const streams = platform(() => ({ streams: parked }));
  const order = ["a", "b"].flatMap((service) =>
    ["jobs__v1 cluster/1", "reactions cluster/1", "reactions cluster/2"].map((rest) => `${service} ${rest}`),
  );
  for (const found of [await listParked(streams, {}), await redriveParked(streams, {}, true)])
    assert.deepEqual(
      found.map(({ service, subscription, stream }) => `${service} ${subscription} ${stream}`),
      order,
    );
  const events = ["reactions", "jobs__v1", "reactions"].map((subscription, nth) => ({ subscription, nth }));
  const shown = await showParked(
    platform(() => ({ total: 3, events })),
    ...(["a", "cluster/1", undefined, 9] as const),
  );
  assert.deepEqual(
    shown.events.map(({ nth }) => nth),
    [1, 0, 2],
  );
});

test("the subscriptions of a service come by name", async () => {
  const told = ["tasks", "reactions", "jobs"].map((name) => ({ name, parked: 0, positions: {}, latest: "" }));
  const given = { ready: true, reasons: [], subscriptions: told, ends: {}, due: [], breakers: [], leases: [] };
  const [first] = (
    await platformStatus(
      platform(() => given),
      0,
    )
  ).services;
  assert.deepEqual(
    first?.subscriptions.map(({ name }) => name),
    ["jobs", "reactions", "tasks"],
  );
});

test("events come by their time across streams, and of one moment by stream and version", async () => {
  const log = memoryLogBroker({ clock, partitions: 4 }).connect();
  const at = (records: readonly OutgoingRecord[], seconds: number) =>
    records.map((record) => ({ ...record, headers: { ...record.headers, ce_time: `2026-01-01T00:00:0${seconds}.000Z` } }));
  const keys = ["a", "b", "c", "d", "e", "f"];
  // The later a key, the earlier its events; all of the last second at once.
  await log.publish(keys.flatMap((key, index) => at(changes(key, 1, 1), keys.length - index)));
  await log.publish(keys.toReversed().flatMap((key) => at(changes(key, 2, 3), 9)));
  const seen: string[] = [];
  await readEvents(
    log,
    {},
    new AbortController().signal,
    ({ record }) => void seen.push(`${record.key}@${Number(record.headers.ce_sequence)}`),
  );
  const expected = [...keys.toReversed().map((key) => `${key}@1`), ...keys.flatMap((key) => [`${key}@2`, `${key}@3`])];
  assert.deepEqual(
    seen,
    expected.map((id) => `category/${id}`),
  );
  await log.close();
});

test("of more events than are sorted every reading has the same order, each stream from its oldest on", async () => {
  const log = memoryLogBroker({ clock, partitions: 4 }).connect();
  const keys = ["a", "b", "c", "d"];
  for (const key of keys) await log.publish(changes(key, 1, 2_600));
  const read = async () => {
    const seen: string[] = [];
    await readEvents(
      log,
      {},
      new AbortController().signal,
      ({ record }) => void seen.push(`${record.key}@${Number(record.headers.ce_sequence)}`),
    );
    return seen;
  };
  const first = await read();
  assert.deepEqual(await read(), first);
  for (const key of keys)
    assert.deepEqual(
      first.filter((id) => id.startsWith(`category/${key}@`)),
      Array.from({ length: 2_600 }, (_, index) => `category/${key}@${index + 1}`),
    );
  await log.close();
});
