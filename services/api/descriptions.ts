import type { RequestHandler } from "express";
import type { ApiDocument, EventsDocument } from "../chassis/http/document.ts";
import { eventsPage, page } from "./page.ts";
import type { Routes } from "./routes.ts";

type Description = { readonly type: "json" | "html"; readonly text: string; readonly policy?: string };

/** What describes the platform to anybody, by path: both contracts as JSON, and as pages for people. */
export const descriptions = (document: ApiDocument, events: EventsDocument, { all }: Routes): RequestHandler => {
  const json = (value: object): Description => ({ type: "json", text: JSON.stringify(value) });
  const html = (text: string): Description => ({
    type: "html",
    text,
    policy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  const byPath = new Map<string, Description>([
    ["/", html(page(document, all))],
    ["/v1/openapi.json", json(document)],
    ["/asyncapi", html(eventsPage(events))],
    ["/asyncapi.json", json(events)],
  ]);
  return ({ method, path }, response, next) => {
    const found = method === "GET" || method === "HEAD" ? byPath.get(path) : undefined;
    if (!found) return next();
    if (found.policy) response.set("Content-Security-Policy", found.policy);
    response.type(found.type).send(found.text);
  };
};
