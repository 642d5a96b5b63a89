import { banner } from "./text.mjs";

/** What consumers should not use any more, by event and path of the field, and a problem for each notice about what is not there. */
export function renderDeprecated(events) {
  const problems = [];
  const notices = [];
  for (const { file, aggregate, event, schema, deprecated } of events) {
    if (deprecated === undefined) continue;
    const entries = Object.entries(deprecated ?? {});
    if (typeof deprecated !== "object" || entries.length === 0)
      problems.push(`${file}: "deprecated" is an object from the path of a field to a notice; "" is the whole event`);
    for (const [path, notice] of entries) {
      if (typeof notice !== "string" || notice === "") problems.push(`${file}: the notice about "${path}" must say what to do instead`);
      if (path !== "" && !hasField(schema, path.split("."))) problems.push(`${file}: the event has no field ${path} to be deprecated`);
    }
    notices.push([`${aggregate}.${event}`, deprecated]);
  }
  return { problems, text: problems.length ? "" : render(notices) };
}

/** Whether there is a field of this path, also in the items of lists and the branches of unions. */
function hasField(type, [first, ...rest]) {
  if (first === undefined) return true;
  if (Array.isArray(type)) return type.some((branch) => hasField(branch, [first, ...rest]));
  if (type === null || typeof type !== "object") return false;
  if (type.type === "record") return type.fields.some(({ name, type: inner }) => name === first && hasField(inner, rest));
  return [type.items, type.values].some((inner) => inner !== undefined && hasField(inner, [first, ...rest]));
}

const render = (notices) => `${banner("schemas/<aggregate>/<Event>.avsc")}
/** What consumers should not use any more, and why: by event, and the path of the field; an empty path is the whole event. */
export const deprecated: { readonly [event: string]: { readonly [path: string]: string } } = {
${notices.map(([event, paths]) => `  "${event}": ${JSON.stringify(paths)},\n`).join("")}};
`;
