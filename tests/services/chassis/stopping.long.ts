import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { Agent, get } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { settingsOf } from "../../../infra/embedded/kafka/connection.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import { eventually } from "../../eventually.ts";
import { platformKey } from "../../world/process.ts";

const program = fileURLToPath(new URL("./stopping-process.js", import.meta.url));
type Line = { readonly msg: string; readonly url?: string; readonly categoryId?: string };

test("told to end, a process answers what is under way and leaves work that does not hear of it, within ten seconds, and does none twice", async (t) => {
  const { kafka, store } = await embedded();
  const env = {
    PATH: process.env.PATH ?? "",
    ...{ ...settingsOf(kafka.connection), MONGODB_URL: store.url, PITRIX_SEALING_KEYS: platformKey(), PITRIX_PORT: "0" },
  };
  const launch = async (life: string) => {
    const child = spawn(process.execPath, [program, life], { env, stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => void child.kill("SIGKILL"));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    let text = "";
    child.stdout.on("data", (more) => {
      text += more;
    });
    const lines = (): readonly Line[] =>
      text
        .slice(0, text.lastIndexOf("\n") + 1)
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    const says = async (message: string): Promise<Line> => {
      const said = () => child.exitCode !== null || lines().some(({ msg }) => msg === message);
      await eventually(message, said).catch((error: unknown) => assert.fail(`${error}\n${text}`));
      const line = lines().find(({ msg }) => msg === message);
      assert.ok(line, text);
      return line;
    };
    return { child, ended, lines, says, url: (await says("answers")).url ?? "" };
  };

  const first = await launch("first");
  const made = await fetch(`${first.url}/make`, { method: "POST" });
  const text = await made.text();
  assert.equal(made.status, 200, text);
  const { stream }: { stream: string } = JSON.parse(text);
  await first.says("the effect begins");
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  assert.equal((await answer(`${first.url}/livez`, agent)).status, 200);
  const underWay = answer(`${first.url}/slow`);
  await underWay.begun;

  const told = Date.now();
  first.child.kill("SIGTERM");
  // On the connection that was kept open, before anybody could know that it is to be the last.
  assert.equal((await answer(`${first.url}/livez`, agent)).status, 200);
  assert.deepEqual(await underWay, { status: 200, body: "all of it" });
  assert.equal(await first.ended, 0, JSON.stringify(first.lines()));
  assert.ok(Date.now() - told < 10_000, `${Date.now() - told} ms`);
  assert.ok(first.lines().some(({ msg }) => msg === "stopped"));

  const second = await launch("second");
  assert.equal(`category/${(await second.says("the effect begins")).categoryId}`, stream);
  const log = kafkaLog({ ...kafka.connection, clientId: "test" });
  t.after(() => log.close());
  const types: (string | undefined)[] = [];
  const following = await log.follow("pitrix.category", ({ key, headers }) => {
    if (key === stream) types.push(headers.ce_type);
  });
  await eventually("the outcome on the log", () => types.length >= 2);
  second.child.kill("SIGTERM");
  assert.equal(await second.ended, 0);
  await following.stop();
  assert.deepEqual(types, ["pitrix.category.CategoryCreated", "pitrix.category.CategoryModified"], "neither is there twice");
});

/** An answer; `begun`: its head is there. */
const answer = (url: string, agent?: Agent) => {
  let began = (): void => {};
  const begun = new Promise<void>((resolve) => {
    began = resolve;
  });
  const whole = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    get(url, { ...(agent && { agent }) }, (response) => {
      began();
      let body = "";
      response.setEncoding("utf8").on("data", (more) => {
        body += more;
      });
      response.once("end", () => resolve({ status: response.statusCode, body })).once("error", reject);
    }).once("error", reject);
  });
  return Object.assign(whole, { begun });
};
