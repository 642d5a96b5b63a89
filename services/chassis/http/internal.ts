import { type Request, type Response, Router } from "express";
import { callingService } from "./authentication.ts";
import { causedRoutes } from "./caused.ts";
import { Refused, refusals } from "./errors.ts";
import type { Host } from "./host.ts";
import { operatorRoutes } from "./parked.ts";
import { room } from "./room.ts";

/** Blobs are held whole, and up to 64 MB large. */
const ROOM_FOR_BLOBS = { requests: 4, waiting: 64, milliseconds: 20_000 };

/** What belongs to the platform itself: is it alive, is it ready, its figures, its blobs for other services, and what those need who operate it. */
export const internalRoutes = (host: Host): Router => {
  const router = Router();
  router.get("/livez", (_request: Request, response: Response) => void response.json({ status: "alive" }));
  router.get("/readyz", async (_request: Request, response: Response) => {
    const troubles = await host.ready();
    response.status(troubles.length === 0 ? 200 : 503).json({ status: troubles.length === 0 ? "ready" : "not ready", troubles });
  });
  router.get("/metrics", async (_request: Request, response: Response) => {
    response.type(host.metrics.contentType).send(await host.metrics.text());
  });
  router.get("/blobs/:digest", room(host.ports.clock, ROOM_FOR_BLOBS).enter(), async (request: Request, response: Response) => {
    if (!(await callingService(host, request))) throw new Refused(refusals.unauthenticated("only services of the platform fetch blobs"));
    const digest = String(request.params.digest);
    const bytes = /^sha256:[\da-f]{64}$/.test(digest) ? await host.blobs.get(digest) : undefined;
    if (!bytes) throw new Refused(refusals.notFound(digest));
    response.set({ etag: `"${digest}"`, "cache-control": "private, max-age=31536000, immutable" });
    response.type("application/octet-stream").send(Buffer.from(bytes));
  });
  router.use(causedRoutes(host), operatorRoutes(host));
  return router;
};
