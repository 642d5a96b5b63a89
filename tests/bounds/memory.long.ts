import { test } from "node:test";
import { backlog } from "./backlog.ts";
import { flood } from "./flood.ts";
import { streaming } from "./streaming.ts";

test("50,000 events do not fit into a consumer that has stopped or is slow, and need not: its memory stays, and then it has them all", (t) =>
  backlog({ events: 50_000, heap: 96, limit: 300_000, report: (text) => t.diagnostic(text) }));

test("800 requests at once to a service with a slow store take no more than its memory: what is too much is asked to come back", (t) =>
  flood({ requests: 800, bytes: 200_000, heap: 128, report: (text) => t.diagnostic(text) }));

test("15,000 events pass a gateway, whose memory stays; a reader who hangs is cut off and comes back to all of them, and nobody else waits", (t) =>
  streaming({ events: 15_000, heap: 160, limit: 120_000, report: (text) => t.diagnostic(text) }));
