import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { openWith } from "../../services/api/outside.ts";
import { api } from "../../services/api/service.ts";
import type { UpstreamServer } from "../services/api/upstream-server.ts";
import type { ProcessOptions } from "./process.ts";
import { served } from "./world.ts";

type Options = Parameters<typeof openWith>[0] & { readonly rateLimit?: number; readonly limits?: ProcessOptions["limits"] };

/** A gateway, users with tokens, and real servers in the place of the services. */
export const gatewayWorld = async ({ rateLimit = 0, limits, ...options }: Options = {}) => {
  const service = { ...api, outside: async () => ({ open: openWith({ reset: 100, ...options }) }) };
  const environment = { PITRIX_RATE_LIMIT: String(rateLimit) };
  const world = await served(service, { environment, wait: 50, ...(limits && { limits }) });
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"] });
  await world.know("user/usr-user", { kind: "user", roleIds: ["user"] });
  const servers: UpstreamServer[] = [];
  return {
    ...world,
    figures: async (): Promise<string> => (await world.askInside("/metrics")).body,
    connections: connectionsTo(world.of().port),
    /** Makes servers known as instances of their services; what it returns takes them back. */
    serve: async (...more: readonly UpstreamServer[]): Promise<() => Promise<void>> => {
      servers.push(...more);
      const forget = await Promise.all(more.map(({ instance }) => world.announce(instance)));
      return async () => void (await Promise.all(forget.map((each) => each())));
    },
    stop: async (): Promise<void> => {
      await Promise.all(servers.map((each) => each.kill()));
      await world.stop();
    },
  };
};
export type GatewayWorld = Awaited<ReturnType<typeof gatewayWorld>>;

/** How many connections to a server of this process are open. */
const connectionsTo = (port: number): (() => number) => {
  const open = new Set<Socket>();
  subscribe("net.server.socket", (message) => {
    const { socket } = message as { readonly socket: Socket }; // Node says so.
    if (socket.localPort !== port) return;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return () => open.size;
};
