import type { ApiDocument, EventMessage, EventsDocument } from "../chassis/http/document.ts";
import type { Route } from "./routes.ts";

/** A page for people with the operations of each service. */
export const page = ({ paths, ...document }: ApiDocument, routes: readonly Route[]): string => {
  const info = Object(document.info);
  const services = [...new Set(routes.map(({ service }) => service))].sort();
  const summaryOf = ({ path, method }: Route): string => String(Reflect.get(Object(paths[path]?.[method.toLowerCase()]), "summary") ?? "");
  const row = (route: Route): string =>
    `<tr><td>${escaped(route.method)}</td><td><code>${escaped(route.path)}</code></td><td>${escaped(route.name)}</td><td>${escaped(summaryOf(route))}</td></tr>`;
  const section = (service: string): string => {
    const mine = routes.filter((route) => route.service === service).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return `<h2>${escaped(service)}</h2>\n<table>\n${mine.map(row).join("\n")}\n</table>`;
  };
  return layout(
    info.title,
    `<p>${escaped(info.summary)} Read and try the operations: <a href="/docs">/docs</a>. The whole contract: <a href="/v1/openapi.json">/v1/openapi.json</a>. The events: <a href="/asyncapi">/asyncapi</a>.</p>
${services.map(section).join("\n")}`,
  );
};

/** A page for people with the public topics, their events and their fields. */
export const eventsPage = ({ info, channels, operations, components }: EventsDocument): string => {
  const field = ({ name, type, doc }: EventMessage["payload"]["schema"]["fields"][number]): string =>
    `<tr><td><code>${escaped(name)}</code></td><td>${escaped(typeOf(type))}</td><td>${escaped(doc)}</td></tr>`;
  const notices = (deprecated: EventMessage["x-deprecated"] = {}): string =>
    Object.entries(deprecated)
      .map(([path, notice]) => `<p><b>Deprecated${path && `: <code>${escaped(path)}</code>`}.</b> ${escaped(notice)}</p>\n`)
      .join("");
  const message = ({ title, summary, payload, "x-schema-id": id, "x-deprecated": deprecated }: EventMessage): string =>
    `<details><summary><b>${escaped(title)}</b> ${escaped(summary)}</summary>
${notices(deprecated)}<p><a href="/schemas/ids/${id}/schema">Schema ${id}</a></p>
<table>
${payload.schema.fields.map(field).join("\n")}
</table></details>`;
  const section = ([topic, { description, messages }]: [string, EventsDocument["channels"][string]]): string => {
    const who = Object.values(operations).filter(({ channel }) => channel.$ref === `#/channels/${topic}`);
    const events = Object.keys(messages).flatMap((event) => components.messages[`${topic}.${event}`] ?? []);
    return `<h2>${escaped(topic)}</h2>
<p>${escaped(description)}</p>
<ul>${who.map(({ summary }) => `<li>${escaped(summary)}</li>`).join("")}</ul>
${events.map(message).join("\n")}`;
  };
  return layout(
    info.title,
    `<p>${escaped(info.description)} The whole document: <a href="/asyncapi.json">/asyncapi.json</a>.</p>
${Object.entries(channels).map(section).join("\n")}`,
  );
};

/** An Avro type in few words. */
const typeOf = (type: unknown): string => {
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return type.map(typeOf).join(" or ");
  const { type: kind, items, values, name, secret } = Object(type);
  if (kind === "array") return `list of ${typeOf(items)}`;
  if (kind === "map") return `map to ${typeOf(values)}`;
  return secret ? "sealed text" : String(name ?? typeOf(kind));
};

const layout = (title: unknown, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff }
table { border-collapse: collapse; width: 100% }
td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #d0d7de; vertical-align: top }
td:first-child { min-width: 5rem; font-weight: 600 }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } td { border-color: #30363d } a { color: #79c0ff } }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`;

const entities: { readonly [character: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: unknown): string => String(text ?? "").replace(/[&<>"]/g, (character) => entities[character] ?? "");
