import type { Request, Response } from "express";
import { auditRoutes } from "./audit-routes.ts";
import { bulkhead } from "./bulkhead.ts";
import { causationRoutes } from "./causation-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import type { Host } from "./host.ts";
import { inquiryRoute } from "./inquiries.ts";
import type { InternalRoute } from "./internal-route.ts";
import { operatorRoutes } from "./parked.ts";
import { isProblem, makeProblem } from "./problems.ts";
import { readModelRoutes } from "./read-model-routes.ts";
import { statusRoute } from "./status-route.ts";

/** Blobs are held whole, and are up to 64 MB large. */
const BLOBS = { requests: 4, waiting: 64, milliseconds: 20_000 };

/** Every route for the platform itself: liveness, readiness, metrics, blobs and inquiries of other services, and what operators need. */
export const internalTable = (host: Host): readonly InternalRoute[] => [
  ...probes(host),
  blobRoute(host),
  statusRoute(host),
  inquiryRoute(host),
  ...causationRoutes(host),
  ...eventRoutes(host),
  ...auditRoutes(host),
  ...operatorRoutes(host),
  ...readModelRoutes(host),
];

const probes = (host: Host): readonly InternalRoute[] => [
  { method: "get", path: "/livez", access: "anybody", answer: async () => ({ status: "alive" }) },
  {
    method: "get",
    path: "/readyz",
    access: "anybody",
    answer: async (_request, _by, response) => {
      const reasons = await host.ready();
      response.status(reasons.length === 0 ? 200 : 503);
      return { status: reasons.length === 0 ? "ready" : "not ready", reasons };
    },
  },
  {
    method: "get",
    path: "/metrics",
    access: "anybody",
    answer: async (_request, _by, response) => void response.type(host.metrics.contentType).send(await host.metrics.text()),
  },
];

const blobRoute = (host: Host): InternalRoute => {
  const blobs = bulkhead(host.ports.clock, BLOBS);
  return {
    method: "get",
    path: "/blobs/:digest",
    access: "services",
    answer: async (request: Request, _by: string, response: Response) => {
      const place = await blobs.enter(response);
      if (isProblem(place)) return place;
      const digest = String(request.params.digest);
      const bytes = /^sha256:[\da-f]{64}$/.test(digest) ? await host.blobs.get(digest) : undefined;
      if (!bytes) return makeProblem("resource_not_found", digest);
      response.set({ etag: `"${digest}"`, "cache-control": "private, max-age=31536000, immutable" });
      response.type("application/octet-stream").send(Buffer.from(bytes));
      return undefined;
    },
  };
};
