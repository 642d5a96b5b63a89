import { parseArgs } from "node:util";
import { replayRun } from "../replay/run.ts";
import { backlog } from "./backlog.ts";
import { flood } from "./flood.ts";
import { streaming } from "./streaming.ts";

const usage = `Usage: node dist/tests/bounds/main.js [options]

Gives services far more than fits into their memory, and checks that they stay within it and that nothing is missing in the end.

  --events 1000000   the backlog of a consumer that has stopped, then is slow, then is let go
  --requests 3000    at once to a service whose store is a hundred times as slow
  --streamed 200000  events that are streamed while one reader hangs
  --heap 96          megabytes of heap that each may have
  --minutes 60       in which all has to be done`;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    requests: { type: "string", default: "3000" },
    streamed: { type: "string", default: "200000" },
    heap: { type: "string", default: "96" },
    minutes: { type: "string", default: "60" },
    help: { type: "boolean", default: false },
  },
});
const number = (text: string): number => (Number(text) > 0 ? Number(text) : wrong(`${text} is no number above 0`));
const report = (text: string): void => void process.stdout.write(`       ${text}\n`);

function wrong(text: string): never {
  process.stderr.write(`${text}\n\n${usage}\n`);
  process.exit(64);
}

if (values.help) process.stdout.write(`${usage}\n`);
else {
  // Each stream has as many.
  const events = Math.max(1_000, Math.round(number(values.events) / 1_000) * 1_000);
  const heap = number(values.heap);
  for (const [what, run] of [
    [`a backlog of ${events} events`, () => backlog({ events, heap, limit: number(values.minutes) * 60_000, report })],
    [
      `a rebuild of ${events} events`,
      () =>
        replayRun({
          ...{ events, streams: Math.ceil(events / 50), writes: 100, heap, rates: [null] },
          ...{ limit: number(values.minutes) * 60_000, report },
        }),
    ],
    [
      `${values.streamed} events through a gateway, one reader hanging`,
      () => streaming({ events: number(values.streamed), heap: heap + 64, limit: number(values.minutes) * 60_000, report }),
    ],
    [`${values.requests} requests at once`, () => flood({ requests: number(values.requests), bytes: 200_000, heap: heap + 32, report })],
  ] as const) {
    const began = Date.now();
    await run();
    process.stdout.write(`ok     ${what} (${Math.round((Date.now() - began) / 1_000)} s)\n`);
  }
  process.exit(0);
}
