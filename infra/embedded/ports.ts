import { connect, createServer } from "node:net";
import { join } from "node:path";
import { EmbeddedError } from "./failure.ts";
import { tryLock } from "./lock.ts";
import { cacheDirectory } from "./places.ts";

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
const BLOCK = 200;
const BLOCKS = (END - FIRST) / BLOCK;

/**
 * The first port of a block that no other process has. Without blocks, two processes that look at the same time find the same port free before either of
 * them listens, and a program that is about to start again may lose its port.
 */
const ownBlock = (): number => {
  const directory = join(cacheDirectory(), "ports");
  const blocks = Array.from({ length: BLOCKS }, (_, index) => (process.pid + index) % BLOCKS);
  // With more processes than blocks, some share one.
  const block = blocks.find((each) => tryLock(join(directory, `${each}.lock`))) ?? process.pid % BLOCKS;
  return FIRST + block * BLOCK;
};
let first: number | undefined;
let next = 0;

/** Free ports, one after another, which other processes do not get from here. */
export const freePorts = async (count: number): Promise<number[]> => {
  first ??= ownBlock();
  const ports: number[] = [];
  for (let attempt = 0; attempt < BLOCK && ports.length < count; attempt++) {
    const port = first + (next++ % BLOCK);
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new EmbeddedError("portInUse", `no free ports between ${first} and ${first + BLOCK} on 127.0.0.1`);
  return ports;
};

/** Fails with advice if a port is taken. */
export const demandFree = async (port: number, what: string, advice: string): Promise<void> => {
  if (await isFree(port)) return;
  throw new EmbeddedError("portInUse", `port ${port} for ${what} is in use by another program; stop that program, or ${advice}`);
};
