import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { settingsOf } from "../../../infra/embedded/kafka/connection.ts";
import { startEmbedded } from "../../../infra/embedded/platform.ts";
import { freePorts } from "../../../infra/embedded/ports.ts";
import { eventually } from "../../eventually.ts";
import { temporaryDirectory } from "../../infra/embedded/temporary-directory.ts";
import { openStream } from "../../world/event-stream.ts";
import { platformKey } from "../../world/process.ts";
import { ask } from "../../world/requests.ts";
import { endingWithProcess } from "../../world/servers.ts";
import { receiver } from "../webhook/receiver.ts";

const main = fileURLToPath(new URL("../../../services/main.js", import.meta.url));

test("on a real log a stream shows what happens, and misses nothing when all processes are killed in the middle; a webhook is sent what failed again", async (t) => {
  // Of this test's own: its services have the names of others.
  const { kafka, store, stop } = await startEmbedded({ directory: temporaryDirectory(), background: true });
  endingWithProcess(kafka);
  const [port = 0, operations = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: process.env.PATH ?? "",
    ...settingsOf(kafka.connection),
    ...{ MONGODB_URL: store.url, PITRIX_SEALING_KEYS: platformKey(), PITRIX_BOOTSTRAP_CLIENT: "client:client secret" },
    ...{ PITRIX_PORT: "0", PITRIX_PORT_API: String(port), PITRIX_OPERATIONS_PORT: String(operations) },
    PITRIX_WEBHOOK_PRIVATE_NETWORKS: "all",
  };
  let running: ChildProcess | undefined;
  t.after(() => void running?.kill("SIGKILL"));
  t.after(stop);
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [main, "account", "app", "webhook", "api"], {
      env: environment,
      stdio: ["ignore", "ignore", "inherit"],
    });
    running = started;
    await eventually("the gateway answers", () => {
      assert.equal(started.exitCode, null);
      return fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  };
  const post = (path: string, body: object, headers = {}) =>
    ask(`${url}${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

  await start();
  const proof = { grant_type: "client_credentials", client_id: "client", client_secret: "client secret" };
  const token = await eventually("a token", async () => (await post("/v1/oauth2/token", proof)).body.access_token);
  const headers = { authorization: `Bearer ${token}` };
  const newCategory = async (name: string): Promise<string> =>
    eventually("a category", async () => {
      const { body } = await post("/v1/categories", { name, locale: "{}" }, { ...headers, "idempotency-key": name });
      return body?.category_id && `category/${body.category_id}@1`;
    });

  const stream = await eventually("a stream", async () => {
    const opened = await openStream(`${url}/v1/events`, headers);
    return opened.response.status === 200 && opened;
  });
  const first = await newCategory("first");
  await stream.shows(first);
  const { data } = stream.messages.find((each) => each.data?.id === first) ?? assert.fail();
  assert.deepEqual([data.type, data.data.name], ["pitrix.category.CategoryCreated", "first"]);
  const unseen = await newCategory("unseen");
  running?.kill("SIGKILL");
  assert.equal(await stream.reading, "broken");
  await start();
  const again = await eventually("a stream", async () => {
    const opened = await openStream(`${url}/v1/events?type=CategoryCreated`, { ...headers, "last-event-id": stream.lastId() });
    return opened.response.status === 200 && opened;
  });
  const last = await newCategory("last");
  await again.shows(last);
  const shown = new Set([...stream.ids(), ...again.ids()]);
  for (const id of [first, unseen, last]) assert.ok(shown.has(id), id);
  const whole = await openStream(`${url}/v1/events?type=CategoryCreated&since=2020-01-01T00:00:00Z`, headers);
  await whole.shows(last);
  // A killed process may have published twice.
  const categories = [...new Set(whole.ids())].filter((id) => [first, unseen, last].includes(id));
  assert.deepEqual(categories.toSorted(), [first, unseen, last].toSorted());
  await again.leave();
  await whole.leave();

  const hook = await receiver();
  t.after(hook.stop);
  hook.answers((_, response) => void response.writeHead(hook.received.length === 1 ? 500 : 200).end());
  await eventually("a webhook", async () => {
    const { status } = await post(
      "/v1/webhooks",
      { url: hook.url, event_type: ["CategoryCreated"] },
      { ...headers, "idempotency-key": "hook" },
    );
    return status === 200;
  });
  const hooked = await newCategory("hooked");
  const sent = () => hook.received.filter(({ body }) => JSON.parse(body).id === hooked);
  await eventually("what failed is sent again", () => sent().length > 1);
  assert.equal(new Set(sent().map(({ headers: received }) => received["webhook-id"])).size, 1);
});
