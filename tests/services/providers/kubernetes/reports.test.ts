import assert from "node:assert/strict";
import { test } from "node:test";
import { reporting } from "../../../../services/providers/kubernetes/reports.ts";

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const node = (nodeId: string, healthy = true, reason = healthy ? "" : "CrashLoopBackOff") => ({
  ...{ nodeId, name: nodeId, role: "web", instanceId: nodeId, privateIp: "10.0.0.1", healthy, reason },
});
/** The looks of a watch: what each reports. */
const looks = () => {
  const report = reporting("cl-1");
  let now = 0;
  return {
    look: (after: number, ...nodes: readonly ReturnType<typeof node>[]) => {
      now += after;
      const { reports, again } = report(now, nodes);
      return { types: reports.map(({ type }) => type), reports, again };
    },
  };
};

test("what was reported is not reported again", () => {
  const { look } = looks();
  assert.deepEqual(look(0, node("a")).types, ["NoteNodes"]);
  for (let nth = 0; nth < 10; nth++) assert.deepEqual(look(MINUTE, node("a")), { types: [], reports: [], again: Number.POSITIVE_INFINITY });
});

test("a node that fails is reported at once, and as recovered when it has stayed ready", () => {
  const { look } = looks();
  look(0, node("a"));
  const failed = look(MINUTE, node("a", false));
  assert.deepEqual(failed.reports[0], { type: "NoteNodeFailed", clusterId: "cl-1", nodeId: "a", reason: "CrashLoopBackOff" });
  const held = look(MINUTE, node("a"));
  assert.deepEqual([held.types.includes("NoteNodeRecovered"), held.again], [false, 3 * SECOND]);
  assert.equal(look(held.again, node("a")).types.includes("NoteNodeRecovered"), true);
});

test("a node that flaps is reported ever less often, and never as ready while it flaps", () => {
  const { look } = looks();
  look(0, node("a"));
  let said = 0;
  // Ready for a minute, down for ten seconds, for a day.
  for (let nth = 0; nth < 24 * 51; nth++) said += look(MINUTE, node("a", false)).types.length + look(10 * SECOND, node("a")).types.length;
  assert.ok(said < 40, `${said} reports`);
  // At last it stays.
  const { again } = look(SECOND, node("a"));
  assert.equal(look(again, node("a")).types.includes("NoteNodeRecovered"), true);
});

test("pods that are replaced without end are reported with growing pauses, and the last ones in any case", () => {
  const { look } = looks();
  let said = 0;
  let again = 0;
  for (let nth = 0; nth < 7_200; nth++) {
    const seen = look(SECOND, node(`pod-${nth}`));
    said += seen.types.length;
    again = seen.again;
  }
  assert.ok(said < 30, `${said} reports in two hours`);
  const last = look(again, node("pod-7199"));
  assert.deepEqual(last.reports, [{ type: "NoteNodes", clusterId: "cl-1", jobId: null, nodes: [node("pod-7199")] }]);
  // After some quiet the next change is told at once.
  look(HOUR, node("pod-7199"));
  assert.deepEqual(look(HOUR, node("other")).types, ["NoteNodes"]);
});

test("a node that is found down is said to be so, whatever was known", () => {
  const { look } = looks();
  assert.deepEqual(look(0, node("a", false), node("b")).types, ["NoteNodeFailed", "NoteNodes"]);
});
