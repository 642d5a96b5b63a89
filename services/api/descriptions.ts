import type { RequestHandler } from "express";
import type { ApiDocument, EventsDocument } from "../chassis/http/document.ts";
import { swagger, swaggerPage, swaggerStart } from "./docs.ts";
import { eventsPage, page } from "./page.ts";
import type { Routes } from "./routes.ts";

type Description = { readonly type: "json" | "html" | "js"; readonly text: string; readonly policy?: string } | { readonly file: string };

/** Nothing runs on these pages. */
const READING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** What describes the platform to anybody, by path: both contracts as JSON, and as pages for people. */
export const descriptions = (document: ApiDocument, events: EventsDocument, { all }: Routes): RequestHandler => {
  const json = (value: object): Description => ({ type: "json", text: JSON.stringify(value) });
  const html = (text: string, policy: string): Description => ({ type: "html", text, policy });
  const byPath = new Map<string, Description>([
    ["/", html(page(document, all), READING)],
    ["/v1/openapi.json", json(document)],
    ["/docs", html(swaggerPage, swagger.policy)],
    ["/docs/start.js", { type: "js", text: swaggerStart }],
    ...Object.entries(swagger.files).map(([name, file]): [string, Description] => [`/docs/${name}`, { file }]),
    ["/asyncapi", html(eventsPage(events), READING)],
    ["/asyncapi.json", json(events)],
  ]);
  return ({ method, path }, response, next) => {
    const found = method === "GET" || method === "HEAD" ? byPath.get(path) : undefined;
    if (!found) return next();
    if ("file" in found) return response.sendFile(found.file, { maxAge: "1h", dotfiles: "allow" });
    if (found.policy) response.set("Content-Security-Policy", found.policy);
    response.type(found.type).send(found.text);
  };
};
