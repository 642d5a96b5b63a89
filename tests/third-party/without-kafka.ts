import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePorts } from "../../infra/embedded/ports.ts";
import { api } from "../../services/api/service.ts";
import { runtime } from "../../services/runtime/service.ts";
import { webhook } from "../../services/webhook/service.ts";
import { eventually } from "../eventually.ts";
import { ok } from "../world/requests.ts";
import { runtimeCommands } from "../world/toys/clusters.ts";
import { served } from "../world/world.ts";
import { programIn, type Runner } from "./consumer.ts";

/** Milliseconds until a program is compiled and runs. */
const BUILT = 180_000;
const owner = { owner: "usr-dev", ownerPath: ":usr-dev" };

/** A platform in memory with a user, a gateway that can be cut off, and things that happen to what is the user's. */
export const platformWithoutKafka = async () => {
  const environment = { PITRIX_WEBHOOK_PRIVATE_NETWORKS: "all" };
  const world = await served([api, runtime, { service: webhook, environment }]);
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"] });
  const open = new Set<Socket>();
  /** Those that were answered. */
  const answered = new WeakSet<Socket>();
  const { port } = new URL(world.of("api").url);
  const proxy = createServer((socket) => {
    const behind = connect(Number(port), "127.0.0.1");
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    for (const each of [socket, behind]) each.on("error", () => {});
    behind.once("data", () => answered.add(socket));
    socket.pipe(behind).pipe(socket);
    socket.once("close", () => behind.destroy());
    behind.once("close", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  assert.ok(typeof address === "object" && address);
  return {
    url: `http://127.0.0.1:${address.port}`,
    token: await world.token("usr-dev"),
    dev: await world.as("usr-dev"),
    isStreaming: () => [...open].some((socket) => answered.has(socket)),
    /** Ends all connections through the gateway's address. */
    cut: (): void => {
      for (const socket of open) socket.destroy();
    },
    /** Makes a runtime, and gives the id of its event. */
    happens: async (): Promise<string> => {
      const id = `rt-${randomUUID().slice(0, 8)}`;
      for (const command of runtimeCommands(owner)) {
        const because = { row: command.type, correlationId: `${command.type} ${id}` };
        const named = "runtimeId" in command ? { ...command, runtimeId: id, zone: id } : command;
        const { rejection } = await world.send("runtime", named, { userId: owner.owner, ownerPath: owner.ownerPath }, because);
        assert.equal(rejection, null);
      }
      return `runtime/${id}@1`;
    },
    stop: async (): Promise<void> => {
      await world.stop();
      for (const socket of open) socket.destroy();
      proxy.close();
    },
  };
};
export type WithoutKafka = Awaited<ReturnType<typeof platformWithoutKafka>>;

/** Runs a program of docs/consuming-events.md, and gives the events that it prints. */
const running = (language: string, { directory, file: name, command, environment }: Runner, more: { readonly [name: string]: string }) => {
  const folder = mkdtempSync(join(directory, "run-"));
  const file = join(folder, name);
  writeFileSync(file, programIn(language));
  const [program, ...args] = command(file);
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, LC_ALL: "C.UTF-8", ...environment, ...more };
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const events: { readonly id: string; readonly type: string }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    shows: (id: string) =>
      eventually(
        `${language} shows ${id}`,
        () => {
          assert.ok(child.exitCode === null, errors.slice(-2_000));
          return events.some((event) => event.id === id);
        },
        60_000,
      ),
    events,
    // With all that it has started.
    end: async (): Promise<void> => {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A stream's program shows what happens, and what has happened while it was cut off. */
export const streams = async (language: string, runner: Runner, { url, token, happens, isStreaming, cut }: WithoutKafka): Promise<void> => {
  const program = running(`${language} stream`, runner, { PITRIX_URL: url, TOKEN: token });
  try {
    await eventually("it streams", isStreaming, BUILT);
    await program.shows(await happens());
    cut();
    const missed = await happens();
    await program.shows(missed);
    await program.shows(await happens());
    assert.equal(program.events.find(({ id }) => id === missed)?.type, "pitrix.runtime.RuntimeCreated");
  } finally {
    await program.end();
  }
};

/** A webhook's program takes what the platform has signed, and refuses everything else. */
export const receives = async (language: string, runner: Runner, { dev }: WithoutKafka): Promise<void> => {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/`;
  const { webhook_id, secret } = await ok(dev.call("CreateWebhook", { url, event_type: ["Never"] }));
  const program = running(`${language} webhook`, runner, { SECRET: secret, PORT: String(port) });
  try {
    const forged = { "webhook-id": "evt_1", "webhook-timestamp": String(Math.floor(Date.now() / 1_000)), "webhook-signature": "v1,AAAA" };
    const post = () => fetch(url, { method: "POST", headers: forged, body: '{"id":"forged"}' }).catch(() => undefined);
    const answer = await eventually("it listens", post, BUILT);
    assert.equal(answer.status, 400);
    assert.deepEqual(await ok(dev.call("TestWebhook", { webhook_id })), { delivered: true, response_status: 204 });
    const [event] = await eventually("it shows the event", () => program.events.length > 0 && program.events);
    assert.equal(event?.type, "pitrix.webhook.Test");
    assert.equal(program.events.length, 1);
  } finally {
    await program.end();
    await dev.call("DeleteWebhooks", { webhook_id: [webhook_id] });
  }
};
