import { banner } from "./text.mjs";

/** The map from event to action, and a problem for each action that is not an operation. */
export function renderActions(events, operationIds) {
  const known = new Set(operationIds);
  const problems = [];
  const actionOf = new Map();
  for (const { file, event, action } of events) {
    if (action === undefined) continue;
    const earlier = actionOf.get(event) ?? action;
    if (!known.has(action)) problems.push(`${file}: the action ${JSON.stringify(action)} is not an operation of http/v1.yaml`);
    else if (earlier !== action) problems.push(`${file}: the action of ${event} is ${action} here and ${earlier} in another aggregate`);
    actionOf.set(event, action);
  }
  return { problems, text: problems.length ? "" : render([...actionOf].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

const render = (entries) => `${banner("schemas/<aggregate>/<Event>.avsc")}
import type { EventType } from "./events.ts";
import type { OperationId } from "./http.ts";

/** The operation that requests the work of each event; its name is the action of the job. */
export const actionOf = {
${entries.map(([event, action]) => `  ${event}: "${action}",\n`).join("")}} as const satisfies { readonly [T in EventType]?: OperationId };

/** An event that requests work. */
export type ActionEvent = keyof typeof actionOf;
/** The name of a job's action. */
export type ActionName = (typeof actionOf)[ActionEvent];
`;
