import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bucketOf } from "../../events/subscription/document-digest.ts";
import { account } from "../../services/account/service.ts";
import type { StreamsAnswer } from "../../services/chassis/http/audit-routes.ts";
import type { ServicesClient } from "../../services/chassis/http/causation-query.ts";
import { auditOf } from "../../services/chassis/operator/audit.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1_048_576;
};

const STREAMS = 300_000;
const PAGE = 1_000;
/** A service that has published very many streams. */
const platform: ServicesClient = {
  services: async () => ["account"],
  request: async (_service, _path, body): Promise<StreamsAnswer> => {
    const [, from] = (Reflect.get(Object(body), "after") ?? ["", 0]) as readonly [string, number];
    const streams = Array.from({ length: PAGE }, (_, index) => [`user/usr-${from + index}`, 1] as const);
    return { streams, after: from + PAGE < STREAMS ? ["user/", from + PAGE] : null };
  },
};

test("an audit remembers of what a service has published only the part of the streams that it looks at", async () => {
  const parts = 30;
  const before = heap();
  const audit = await auditOf(platform, [account], (stream) => bucketOf(stream, parts) === 0);
  const taken = heap() - before;
  const { findings } = await audit.finish();
  assert.ok(findings.length > STREAMS / parts / 2 && findings.length < (STREAMS / parts) * 2, `${findings.length} streams of a part`);
  assert.ok(taken < 6, `${taken.toFixed(1)} MB for ${STREAMS} streams`);
});
