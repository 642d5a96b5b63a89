import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { load } from "js-yaml";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import { gatewayMetrics } from "../../../services/api/metrics.ts";
import { systemClock as clock } from "../../../services/chassis/process/clock.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import { watchReport } from "../../../services/providers/kubernetes/watch-report.ts";
import { root } from "../../root.ts";

/** What every figure has: from its service, from the scrape, and from its kind. */
const COMMON = ["service", "instance", "job", "le"];

/** The figures of a service and of the gateway, with the labels of each. */
const known = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const measured = metrics("a");
  const nothing = { pendingPublications: () => 0, runningEffects: () => 0, subscriptions: () => new Map() };
  measured.observe(nothing, { store: memoryStore(memoryDatabase(), kind, clock.now), log: memoryLogBroker({ clock }).connect(), clock });
  measured.process();
  gatewayMetrics(measured.registry);
  watchReport(measured.registry, { warn: () => {}, info: () => {} });
  const labels = (metric: object): ReadonlySet<string> => new Set([...COMMON, ...(Reflect.get(metric, "labelNames") ?? [])]);
  return new Map([
    ["up", new Set(COMMON)],
    ...measured.registry.getMetricsAsArray().flatMap((metric) => {
      const names = String(metric.type) === "histogram" ? ["_bucket", "_count", "_sum"].map((end) => metric.name + end) : [metric.name];
      return names.map((name) => [name, labels(metric)] as const);
    }),
  ]);
};

const expressions = async (): Promise<readonly string[]> => {
  const rules = load(await readFile(`${root}/infra/prometheus/rules.yml`, "utf8"));
  const board: unknown = JSON.parse(await readFile(`${root}/infra/grafana/pitrix.json`, "utf8"));
  const under = (value: unknown): readonly string[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([key, inner]) => (key === "expr" && typeof inner === "string" ? [inner] : under(inner)));
  return [...under(rules), ...under(board)];
};

test("every figure that an alert or the dashboard names is there, with the labels that they ask for", async () => {
  const figures = known();
  const asked = await expressions();
  assert.ok(asked.length > 30, `${asked.length}`);
  for (const expression of asked) {
    const names = [...expression.matchAll(/\b(?:pitrix|process|nodejs)_\w+|\bup\b/g)].map(([name]) => name);
    assert.ok(names.length > 0, expression);
    for (const name of names) assert.ok(figures.has(name), `${name} is not known: ${expression}`);
    const labels = new Set(names.flatMap((name) => [...(figures.get(name) ?? [])]));
    const selected = [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, name = "", inside = ""]) =>
      [...inside.matchAll(/(\w+)\s*[=!]/g)].map(([, label = ""]) => ({ label, of: figures.get(name) ?? labels })),
    );
    for (const { label, of } of selected) assert.ok(of.has(label), `no ${label}: ${expression}`);
    const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inside = ""]) =>
      inside.split(",").map((label) => label.trim()),
    );
    for (const label of grouped) assert.ok(labels.has(label), `no ${label}: ${expression}`);
  }
});

test("every figure of a service is shown on the dashboard or watched by an alert, except those that only a few need", async () => {
  const all = (await expressions()).join("\n");
  const rest = [...known().keys()].filter((name) => name.startsWith("pitrix_") && !all.includes(name.replace(/_(bucket|count|sum)$/, "")));
  assert.deepEqual(rest.sort(), [
    "pitrix_breaker_calls_total",
    "pitrix_commits_total",
    "pitrix_parked_total",
    "pitrix_subscription_event_age_seconds",
  ]);
});
