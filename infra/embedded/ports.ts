import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { EmbeddedError } from "./failure.ts";

/** Whether a program could listen on this port of the loopback address now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Whether something accepts connections there. */
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
 * Free ports below the range from which the system takes those of outgoing connections:
 * otherwise a client that reconnects while its server is down may be given the server's own port.
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
