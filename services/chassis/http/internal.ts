import { type Request, type Response, Router } from "express";
import { auditRoutes } from "./audit-routes.ts";
import { callingService } from "./authentication.ts";
import { bulkhead } from "./bulkhead.ts";
import { causationRoutes } from "./causation-routes.ts";
import type { Host } from "./host.ts";
import { operatorRoutes } from "./parked.ts";
import { isProblem, makeProblem, type Problem, sendProblem } from "./problems.ts";
import { readModelRoutes } from "./read-model-routes.ts";

/** Blobs are held whole, and are up to 64 MB large. */
const BLOBS = { requests: 4, waiting: 64, milliseconds: 20_000 };

/** Routes for the platform itself: liveness, readiness, metrics, blobs for other services, and what operators need. */
export const internalRoutes = (host: Host): Router => {
  const router = Router();
  router.get("/livez", (_request: Request, response: Response) => void response.json({ status: "alive" }));
  router.get("/readyz", async (_request: Request, response: Response) => {
    const reasons = await host.ready();
    response.status(reasons.length === 0 ? 200 : 503).json({ status: reasons.length === 0 ? "ready" : "not ready", reasons });
  });
  router.get("/metrics", async (_request: Request, response: Response) => {
    response.type(host.metrics.contentType).send(await host.metrics.text());
  });
  const blobs = bulkhead(host.ports.clock, BLOBS);
  router.get("/blobs/:digest", async (request: Request, response: Response) => {
    const place = await blobs.enter(response);
    const bytes = isProblem(place) ? place : await blobFor(host, request);
    if (isProblem(bytes)) return sendProblem(request, response, bytes);
    response.set({ etag: `"${request.params.digest}"`, "cache-control": "private, max-age=31536000, immutable" });
    response.type("application/octet-stream").send(Buffer.from(bytes));
  });
  router.use(causationRoutes(host), auditRoutes(host), operatorRoutes(host), readModelRoutes(host));
  return router;
};

const blobFor = async (host: Host, request: Request): Promise<Uint8Array | Problem> => {
  if (!(await callingService(host, request))) return makeProblem("auth_failure", "only services of the platform fetch blobs");
  const digest = String(request.params.digest);
  const bytes = /^sha256:[\da-f]{64}$/.test(digest) ? await host.blobs.get(digest) : undefined;
  return bytes ?? makeProblem("resource_not_found", digest);
};
