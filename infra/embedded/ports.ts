import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { EmbeddedError } from "./failure.ts";

/** True if a program can listen on this port of the loopback address now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

/** True if a program accepts connections on this port. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });

/**
 * Free ports below the system's ephemeral range:
 * otherwise a client that reconnects while its server is down may get the server's port as its own.
 */
export const freePorts = async (count: number): Promise<number[]> => {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < 1000 && ports.size < count; attempt++) {
    const port = randomInt(15_000, 32_000);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  if (ports.size < count) throw new EmbeddedError("portInUse", "no free ports between 15000 and 32000 on 127.0.0.1");
  return [...ports];
};

/** Fails with advice if a port is taken. */
export const demandFree = async (port: number, what: string, advice: string): Promise<void> => {
  if (await isFree(port)) return;
  throw new EmbeddedError("portInUse", `port ${port} for ${what} is in use by another program; stop that program, or ${advice}`);
};
