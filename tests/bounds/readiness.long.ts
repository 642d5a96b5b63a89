import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kafkaLog } from "../../events/kafka/log.ts";
import type { Log } from "../../events/ports.ts";
import { embedded } from "../../infra/embedded/shared.ts";
import { withAccess } from "../../services/chassis/access/access.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { readConfig } from "../../services/chassis/process/config.ts";
import { silent } from "../../services/chassis/process/logging.ts";
import { openTls } from "../../services/chassis/process/tls/transport-security.ts";
import { type RunningService, runService, type Shared, share } from "../../services/chassis/run.ts";
import { startProxy, type Proxy as TcpProxy } from "../faults/proxy.ts";
import { platformKey } from "../world/process.ts";
import { example } from "../world/toys/example.ts";

/** A way to a server that can be cut: whoever takes it then is thrown out with the first answer. */
const way = async (address: string): Promise<TcpProxy & { readonly set: (isOpen: boolean) => void }> => {
  const [host = "", port = ""] = address.split(":");
  let isOpen = true;
  const proxy = await startProxy({ host, port: Number(port) }, () => ({ request: () => {}, answer: (bytes) => (isOpen ? bytes : "cut") }));
  const set = (open: boolean): void => {
    isOpen = open;
    if (!open) proxy.cut();
  };
  return { ...proxy, set };
};

let [toKafka, toStore]: (Awaited<ReturnType<typeof way>> | undefined)[] = [];
let [log, shared, service]: [Log?, Shared?, RunningService?] = [];

before(async () => {
  const { kafka, store } = await embedded();
  const url = new URL(store.url);
  toKafka = await way(kafka.connection.brokers[0] ?? "");
  toStore = await way(url.host);
  const { host, port } = toKafka;
  log = kafkaLog({ ...kafka.connection, brokers: [`${host}:${port}`], clientId: "readiness", route: () => ({ host, port }) });
  url.host = `${toStore.host}:${toStore.port}`;
  // To this node by this way: the set would tell another one.
  url.searchParams.delete("replicaSet");
  url.searchParams.set("directConnection", "true");
  const config = readConfig(
    { KAFKA_BROKERS: `${host}:${port}`, MONGODB_URL: url.href, PITRIX_SEALING_KEYS: platformKey(), PITRIX_PORT: "0" },
    [{ name: "readiness", place: 0 }],
  );
  shared = await share(config, log, openTls(config, { clock: systemClock, logger: silent }), silent);
  service = await runService(withAccess({ ...example, name: "readiness" }), shared);
});
after(async () => {
  for (const proxy of [toKafka, toStore]) proxy?.set(true);
  await service?.stop();
  await shared?.stop();
  await log?.close();
  for (const proxy of [toKafka, toStore]) await proxy?.close();
});

const LIMIT = 90_000;
type Ready = { readonly status: number; readonly reasons: string };
const ready = async (): Promise<Ready> => {
  assert.equal((await fetch(`${service?.url}/livez`)).status, 200, "it is alive throughout");
  const answer = await fetch(`${service?.url}/readyz`);
  const { reasons } = (await answer.json()) as { readonly reasons: readonly string[] }; // The chassis' answer.
  return { status: answer.status, reasons: reasons.join("; ") };
};
const becomes = async (expected: (now: Ready) => boolean): Promise<number> => {
  const began = Date.now();
  for (;;) {
    const now = await ready();
    if (expected(now)) return Date.now() - began;
    assert.ok(Date.now() - began < LIMIT, `it stays ${now.status}: ${now.reasons}`);
    await systemClock.sleep(50);
  }
};
const isReady = ({ status }: Ready): boolean => status === 200;
const says =
  (reason: RegExp) =>
  ({ status, reasons }: Ready): boolean =>
    status === 503 && reason.test(reasons);

const store = /the document store does not answer/;
const broker = /cannot (announce itself|publish to the log)|cannot read/;
for (const [what, reason, break_, mend] of [
  ["the store is cut off", store, () => toStore?.set(false), () => toStore?.set(true)],
  ["the store hangs", store, () => toStore?.pause(), () => toStore?.resume()],
  ["the log is cut off", broker, () => toKafka?.set(false), () => toKafka?.set(true)],
  ["the log hangs", broker, () => toKafka?.pause(), () => toKafka?.resume()],
] as const)
  test(`while ${what} a service is not ready and says why, and is ready again in the same process`, async (t) => {
    await becomes(isReady);
    break_();
    const down = await becomes(says(reason));
    mend();
    const up = await becomes(isReady);
    t.diagnostic(`not ready after ${down} ms, ready again after ${up} ms`);
    assert.ok(down < 30_000, `${down} ms`);
  });
