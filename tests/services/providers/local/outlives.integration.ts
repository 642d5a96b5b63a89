import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { codec } from "../../../../events/codec/codec.ts";
import { mongo } from "../../../../events/mongo/connect.ts";
import { sharedStore } from "../../../../infra/embedded/shared.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { eventually } from "../../../eventually.ts";
import { kill, lives, playground } from "./machine/support.ts";

const program = fileURLToPath(new URL("./provider-process.js", import.meta.url));
const released = codec(schemas);

const start = (inhabitant: (end: () => Promise<unknown>) => void, ...args: readonly string[]) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  const die = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  inhabitant(die);
  return { die };
};

test("a provider that is killed leaves its processes running; the next one adopts them, restarts what died, and says so", async (t) => {
  const { directory, running, inhabitant } = playground(t);
  const { urlFor } = await sharedStore();
  const database = `outlives_${randomUUID().replaceAll("-", "")}`;
  const url = urlFor(database);
  const { store, close } = mongo({ url, database });
  t.after(close);
  const events = async () =>
    (await store.read("localDeployment/cl-1", 0)).flatMap((commit) =>
      commit.events.map(({ schemaId, bytes }) => released.decode(schemaId, bytes)),
    );
  const has = async (type: string): Promise<boolean> => (await events()).some((event) => event.type === type);

  const first = start(inhabitant, directory, url, database, "2");
  await eventually("two nodes run", () => has("DeploymentSucceeded"));
  const [one = 0, two = 0] = [...running("cln-1-1"), ...running("cln-1-2")];
  assert.ok(lives(one) && lives(two) && one !== two);
  await first.die();
  assert.deepEqual([lives(one), lives(two)], [true, true]);
  kill(two);
  await eventually("one died while nobody watched", () => !lives(two));

  start(inhabitant, directory, url, database, "2");
  await eventually("the failure is known", () => has("NodeFailed"));
  await eventually("and mended", () => has("NodeRecovered"));
  assert.deepEqual(running("cln-1-1"), [one]);
  assert.equal(running("cln-1-2").length, 1);
  const news = (await events()).filter(({ type }) => /^Node(Failed|Recovered)$/.test(type));
  assert.deepEqual(news, [
    { type: "NodeFailed", clusterId: "cl-1", nodeId: "cln-1-2", reason: "its process has ended" },
    { type: "NodeRecovered", clusterId: "cl-1", nodeId: "cln-1-2" },
  ]);
  assert.equal((await events()).filter(({ type }) => type === "DeploymentStarted").length, 1);

  // What was adopted is supervised on.
  kill(one);
  await eventually("it runs again", () => running("cln-1-1").length === 1 && running("cln-1-1")[0] !== one);
});
