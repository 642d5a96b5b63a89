import type { DiscoveredNode } from "../../../schemas/generated/events.ts";
import type { DeploymentCommand, Found } from "../kit/deployment.ts";

/** What a watch reports of a cluster. */
export type Report = Extract<DeploymentCommand, { readonly type: "NoteNodes" | "NoteNodeFailed" | "NoteNodeRecovered" | "NoteObserved" }>;

const SECOND = 1_000;
/** How long a node has to stay ready until it counts as recovered: longer with each failure within an hour. */
const [FIRST_HOLD, LONGEST_HOLD, FORGIVEN] = [3 * SECOND, 600 * SECOND, 3_600 * SECOND];
/** Pauses between reports of what keeps changing; and how long nothing may change until the first pause is enough again. */
const [FIRST_PAUSE, LONGEST_PAUSE, QUIET] = [2 * SECOND, 600 * SECOND, 600 * SECOND];

type Health = {
  readonly isUp: boolean;
  readonly failures: number;
  readonly failedAt: number;
  readonly readySince: number;
  readonly reason: string;
};
const holdOf = (failures: number): number => (failures === 0 ? 0 : Math.min(LONGEST_HOLD, FIRST_HOLD * 2 ** (failures - 1)));

/**
 * Makes reports of what is found of a cluster, look by look: differences only, and few of them whatever flaps. A node that fails is reported at once, and
 * as recovered once it has stayed ready; everything else at once, and then with growing pauses while it keeps changing. `again`: milliseconds after
 * which a look is due even if nothing changes.
 */
export const reporting = (clusterId: string) => {
  const health = new Map<string, Health>();
  const [nodesPace, foundPace] = [pace(), pace()];

  return (
    now: number,
    nodes: readonly DiscoveredNode[],
    found?: Found,
  ): { readonly reports: readonly Report[]; readonly again: number } => {
    const reports: Report[] = [];
    let again = Number.POSITIVE_INFINITY;
    const isSoon = (milliseconds: number): void => {
      again = Math.min(again, milliseconds);
    };
    for (const id of [...health.keys()]) if (!nodes.some(({ nodeId }) => nodeId === id)) health.delete(id);
    const steady = nodes.map((node): DiscoveredNode => {
      const { nodeId, healthy, reason } = node;
      const before = health.get(nodeId);
      const { isUp = healthy, failures = 0, failedAt = now, readySince = now } = before ?? {};
      if (!healthy) {
        const isNew = before ? isUp : true;
        const count = isNew && before ? (now - failedAt > FORGIVEN ? 0 : failures) + 1 : failures;
        if (isNew) reports.push({ type: "NoteNodeFailed", clusterId, nodeId, reason });
        health.set(nodeId, {
          isUp: false,
          failures: count,
          failedAt: isNew ? now : failedAt,
          readySince: Number.POSITIVE_INFINITY,
          reason,
        });
        return node;
      }
      const since = Math.min(readySince, now);
      const left = isUp ? 0 : since + holdOf(failures) - now;
      if (left > 0) {
        isSoon(left);
        health.set(nodeId, { isUp: false, failures, failedAt, readySince: since, reason: before?.reason ?? "" });
        return { ...node, healthy: false, reason: before?.reason ?? "" };
      }
      if (!isUp) reports.push({ type: "NoteNodeRecovered", clusterId, nodeId });
      health.set(nodeId, { isUp: true, failures, failedAt, readySince: since, reason: "" });
      return node;
    });
    const nodesDue = nodesPace(now, JSON.stringify(steady));
    if (nodesDue === 0) reports.push({ type: "NoteNodes", clusterId, jobId: null, nodes: steady });
    else isSoon(nodesDue);
    const foundDue = found ? foundPace(now, JSON.stringify(found)) : Number.POSITIVE_INFINITY;
    if (found && foundDue === 0) reports.push({ type: "NoteObserved", clusterId, jobId: null, ...found });
    else isSoon(foundDue);
    return { reports, again };
  };
};

/** Says how long a value has to wait until it is reported: 0, it is now; for ever, it was. */
const pace = () => {
  let [said, next, pause] = ["", 0, FIRST_PAUSE];
  return (now: number, value: string): number => {
    if (value === said) return Number.POSITIVE_INFINITY;
    if (now < next) return next - now;
    pause = said === "" || now - next > QUIET ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
    [said, next] = [value, now + pause];
    return 0;
  };
};
