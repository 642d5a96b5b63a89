import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express, { type Response } from "express";
import { frame } from "../../../../services/chassis/http/frames.ts";
import { gatewayWorld } from "../../../world/gateway.ts";
import { contestant } from "../../harness/contestant.ts";
import { eventOf } from "./event.ts";
import { figureOf, streams } from "./row.ts";

type Input = { readonly kind: "floor" | "pitrix"; readonly deliveries: number };
type Server = {
  readonly url: string;
  readonly authorizations: readonly string[];
  /** Has so many events more. */
  readonly emit: (count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const child = (file: string): ChildProcess => fork(join(import.meta.dirname, file), { stdio: ["ignore", "inherit", "inherit", "ipc"] });

/** What anybody would write: keep the responses, and write to each. */
const floor = async (): Promise<Server> => {
  const open = new Set<Response>();
  const app = express().disable("x-powered-by");
  app.get("/v1/events", (_request, response) => {
    response.set("content-type", "text/event-stream").flushHeaders();
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  let next = 0;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`, // A TCP server's address is one.
    authorizations: [""],
    emit: async (count) => {
      for (const end = next + count; next < end; next++) {
        const { bytes } = frame(eventOf(next), String(next));
        const full = [...open].filter((response) => !response.write(bytes));
        await Promise.all(full.map((response) => Promise.race([once(response, "drain"), once(response, "close")])));
      }
    },
    stop: async () => void server.close(),
  };
};

const pitrix = async (): Promise<Server> => {
  const world = await gatewayWorld();
  const source = child("source.js");
  const [port] = await once(source, "message");
  await world.announce({ service: "cluster", url: `http://127.0.0.1:${port}`, instance: "source", since: "" });
  // Ten of the group that owns the cluster, each with a hundred streams.
  const people = Array.from({ length: 10 }, (_, each) => `usr-${each}`);
  for (const id of people) await world.know(`user/${id}`, { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
  return {
    url: `${world.of().url}/v1/events`,
    authorizations: await Promise.all(people.map(async (id) => `Bearer ${await world.token(id)}`)),
    emit: async (count) => void source.send(count),
    stop: async () => {
      source.kill();
      await world.stop();
    },
  };
};

const heldBy = () => ({ memory: process.memoryUsage().rss, files: readdirSync("/proc/self/fd").length });

await contestant(async ({ kind, deliveries }: Input) => {
  const server = await (kind === "floor" ? floor() : pitrix());
  const values: { [figure: string]: number } = {};
  let received = 0;
  return {
    work: async () => {
      for (const count of streams) {
        const events = Math.max(2, Math.round(deliveries / count / (count === 1 ? 20 : 1)));
        const before = heldBy();
        const reader = child("reader.js");
        reader.send({ url: server.url, authorizations: server.authorizations, count, events });
        await once(reader, "message");
        const open = heldBy();
        const done = once(reader, "message");
        const began = performance.now();
        await Promise.all([server.emit(events), done]);
        values[figureOf(count)] = (events / (performance.now() - began)) * 1_000;
        values.memory = (open.memory - before.memory) / 1_024 / count;
        values.files = open.files;
        received += events * count;
        reader.kill();
        await once(reader, "exit");
      }
      return { units: received, values };
    },
    check: async () => "each stream received every event",
    close: server.stop,
  };
});
