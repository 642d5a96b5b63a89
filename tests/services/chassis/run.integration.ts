import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { settingsOf } from "../../../infra/embedded/kafka/connection.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { directory } from "../../../services/chassis/process/discovery.ts";
import { settings } from "../../../services/chassis/process/settings.ts";
import { eventually } from "../../eventually.ts";
import { platformKey } from "../../world/process.ts";

const main = fileURLToPath(new URL("../../../services/main.js", import.meta.url));

test("a service starts on Kafka and a document store, is found, answers, and ends in order when it is told to", async (t) => {
  const { kafka, store } = await embedded();
  const PITRIX_SEALING_KEYS = platformKey();
  const process = spawn("node", [main, "account"], {
    env: {
      PATH: globalThis.process.env.PATH ?? "",
      ...settingsOf(kafka.connection),
      MONGODB_URL: store.url,
      PITRIX_SEALING_KEYS,
      PITRIX_PORT: "0",
      PITRIX_BOOTSTRAP_CLIENT: "client:client secret",
      PITRIX_BOOTSTRAP_ADMIN: "admin@example.org:correct horse",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  process.stdout.on("data", (text) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => process.once("close", resolve));
  t.after(() => void process.kill("SIGKILL"));

  const log = kafkaLog({ ...kafka.connection, clientId: "test" });
  t.after(() => log.close());
  const found = await directory({ log, clock: systemClock, keys: settings.sealingKeys.parse(PITRIX_SEALING_KEYS) ?? [] });
  const { url } = await eventually("the instance", () => {
    assert.equal(process.exitCode, null, said);
    return found.instancesOf("account")[0];
  });
  const ask = () =>
    fetch(`${url}/v1/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/json", "pitrix-service": "account" },
      body: JSON.stringify({
        ...{ grant_type: "password", client_id: "client", client_secret: "client secret" },
        ...{ username: "admin@example.org", password: "correct horse" },
      }),
    });
  // Its read models learn of the client, of the user and of the key that signs from the log, as every service does.
  const token = await eventually("a token", async () => {
    const given: unknown = Reflect.get(Object(await (await ask()).json()), "access_token");
    return given;
  });
  const users = () => fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
  await eventually("an answer to the token", async () => (await users()).status === 200);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);

  const told = Date.now();
  process.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.ok(Date.now() - told < 10_000);
  await eventually("its goodbye", () => found.instancesOf("account").length === 0);
  assert.doesNotMatch(said, /client secret|correct horse/);
  await found.stop();
});
