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

/** Below the system's ephemeral range: otherwise a client that reconnects while its server is down may get the server's port as its own. */
const [FIRST, END] = [15_000, 32_000];
const BLOCK = 100;
let next = process.pid * BLOCK;

/**
 * Free ports, one after another.
 * Each process begins in a block of its own: two programs that look at the same time would find the same port free before either of them listens.
 */
export const freePorts = async (count: number): Promise<number[]> => {
  const ports: number[] = [];
  for (let attempt = 0; attempt < END - FIRST && ports.length < count; attempt++) {
    const port = FIRST + (next++ % (END - FIRST));
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new EmbeddedError("portInUse", `no free ports between ${FIRST} and ${END} on 127.0.0.1`);
  return ports;
};

/** Fails with advice if a port is taken. */
export const demandFree = async (port: number, what: string, advice: string): Promise<void> => {
  if (await isFree(port)) return;
  throw new EmbeddedError("portInUse", `port ${port} for ${what} is in use by another program; stop that program, or ${advice}`);
};
