import { setTimeout as pause } from "node:timers/promises";
import { codec } from "../../events/codec/codec.ts";
import type { kafkaLog } from "../../events/kafka/log.ts";
import { recordsOf } from "../../events/log/record.ts";
import type { Message } from "../../events/message.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";

/** Events a second. */
export const RATE = 500;

/** Runtimes and their credentials change, five hundred events a second, each stream in its order. */
export const pour = (log: ReturnType<typeof kafkaLog>, enough: () => boolean) => {
  const released = codec(schemas);
  const versions = new Map<string, number>();
  let count = 0;
  const record = (aggregate: string, key: string, event: Message) => {
    const stream = `${aggregate}/${key}`;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const metadata = {
      ...{ time: new Date().toISOString(), actor: { userId: "storm", ownerPath: ":storm" }, correlationId: "storm", causationId: null },
      ...{ actionId: null, row: "storm", traceparent: null, hops: 0, fingerprint: null },
    };
    const bare = { cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] };
    return recordsOf(contract, "storm", { stream, version, events: [released.encode(aggregate, event)], ...bare, metadata });
  };
  /** A runtime changes its credential now and then only, since each change is two reactions with a commit of their own. */
  const credentialOf = (id: number, round: number): string => `rc-${(id + Math.floor(round / 20)) % 150}`;
  const one = (nth: number) => {
    const [id, round] = [nth % 200, Math.floor(nth / 200)];
    const runtimeId = `rt-${id}`;
    const described = { runtimeId, name: `runtime ${nth}`, description: "", runtimeCredentialId: credentialOf(id, round) };
    const place = { provider: "local", zone: "local", debug: false, owner: "storm", ownerPath: ":storm" };
    const created = { type: "RuntimeCreated", ...described, ...place };
    const modified = { type: "RuntimeModified", ...described, formerRuntimeCredentialId: credentialOf(id, round - 1) };
    return record("runtime", runtimeId, round === 0 ? created : modified);
  };
  const over = (async () => {
    const began = Date.now();
    while (!enough()) {
      const due = Math.floor(((Date.now() - began) * RATE) / 1_000) - count;
      const batch = Array.from({ length: Math.min(500, Math.max(0, due)) }, () => one(count++)).flat();
      if (batch.length > 0) await log.publish(batch);
      await pause(20);
    }
  })();
  return { count: () => count, over };
};
