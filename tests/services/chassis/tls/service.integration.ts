import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { serviceProof } from "../../../../services/chassis/access/tokens.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { directory } from "../../../../services/chassis/process/discovery.ts";
import { silent } from "../../../../services/chassis/process/logging.ts";
import { settings } from "../../../../services/chassis/process/settings.ts";
import { type Certificates, certificates } from "../../../../services/chassis/process/tls/certificates.ts";
import { sendAsProcess } from "../../../../services/chassis/process/tls/request.ts";
import { eventually } from "../../../eventually.ts";
import { platformKey } from "../../../world/process.ts";
import { type Authority, authority, type Issued, renew } from "./authority.ts";
import { connected, securedKafka, securedStore } from "./fixture.ts";
import { shownBy } from "./peer.ts";

const main = fileURLToPath(new URL("../../../../services/main.js", import.meta.url));
const keys = platformKey();
let known: Authority;
let gateway: Issued;
let internal: Issued;
let environment: { readonly [name: string]: string };
before(async () => {
  known = authority();
  [gateway, internal] = [known.issue("gateway"), known.issue("internal")];
  const [kafka, store] = await Promise.all([securedKafka(known), securedStore(known, ["api", "account"])]);
  environment = {
    ...{ PATH: process.env.PATH ?? "", PITRIX_PORT: "0", PITRIX_OPERATIONS_PORT: "0", PITRIX_SEALING_KEYS: keys },
    ...{ ...kafka, MONGODB_URL_API: store("api"), MONGODB_URL_ACCOUNT: store("account") },
    ...{ PITRIX_TLS_CERT: gateway.cert, PITRIX_TLS_KEY: gateway.key },
    ...{ PITRIX_INTERNAL_TLS_CERT: internal.cert, PITRIX_INTERNAL_TLS_KEY: internal.key, PITRIX_INTERNAL_TLS_CA: known.ca },
    ...{ PITRIX_BOOTSTRAP_CLIENT: "client:client secret", PITRIX_BOOTSTRAP_ADMIN: "admin@example.org:correct horse" },
  };
});

const started = (t: TestContext, more: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [main, "api", "account"], { env: { ...environment, ...more }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => void child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => (said.out += text));
  child.stderr.on("data", (text) => (said.err += text));
  return { child, said, ended: new Promise<number | null>((resolve) => child.once("close", resolve)) };
};

/** `pitrix services`, by its own program. */
const command = (env: Readonly<Record<string, string>>) =>
  new Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const program = fileURLToPath(new URL("../../../../services/cli/main.js", import.meta.url));
    const child = spawn(process.execPath, [program, "--json", "services"], { env, timeout: 60_000 });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (text) => (said.stdout += text));
    child.stderr.on("data", (text) => (said.stderr += text));
    child.once("close", (status) => resolve({ status, ...said }));
  });

/** A client that trusts the authority, and shows a certificate if it has one. */
const clientOf = (t: TestContext, own?: Issued) => {
  const file = (path = "") => ({ setting: "", path });
  const files = { cert: file(own?.cert), key: file(own?.key), ca: file(known.ca) };
  const opened: Certificates = certificates(files, { clock: systemClock, logger: silent });
  const { send, close } = sendAsProcess(opened);
  t.after(close);
  t.after(opened.stop);
  return async (url: string, headers: Record<string, string> = {}, body?: object) => {
    const json = body && { method: "POST", body: JSON.stringify(body) };
    const answer = await send({ url, headers: { "content-type": "application/json", ...headers }, ...json }, AbortSignal.timeout(15_000));
    return { status: answer.status, text: Buffer.from(answer.body).toString() };
  };
};

test("a platform answers with every wire secured, lets in nobody else, and takes renewed certificates", { timeout: 180_000 }, async (t) => {
  const { child, said, ended } = started(t);
  const found = await directory({
    ...{ log: await connected(t, environment), clock: systemClock },
    keys: settings.sealingKeys.parse(keys) ?? [],
  });
  t.after(found.stop);
  const [operations, account] = await eventually("both instances", () => {
    assert.equal(child.exitCode, null, said.out + said.err);
    const [one, other] = [found.instancesOf("api")[0], found.instancesOf("account")[0]];
    return one && other && [one.url, other.url];
  });
  const api = await eventually("the gateway's own line", () => /"service":"api".*"url":"([^"]+)","msg":"answers"/.exec(said.out)?.[1]);
  assert.match(`${api} ${operations} ${account}`, /^https:\S+ https:\S+ https:\S+$/);

  // The gateway asks for no certificate; behind it the request goes on with the gateway's own.
  const outside = clientOf(t);
  const grant = { grant_type: "password", client_id: "client", client_secret: "client secret" };
  const asked = { ...grant, username: "admin@example.org", password: "correct horse" };
  const signedIn = await eventually("a token", async () => {
    const answer = await outside(`${api}/v1/oauth2/token`, {}, asked);
    return answer.status === 200 && answer;
  });
  const authorization = `Bearer ${JSON.parse(signedIn.text).access_token}`;
  assert.equal((await outside(`${api}/v1/users`, { authorization })).status, 200, said.out);
  assert.equal((await outside(`${api}/v1/users`)).status, 401);

  // A service lets in who has a certificate, and still wants to know on whose behalf.
  const inside = clientOf(t, internal);
  const digest = `sha256:${"0".repeat(64)}`;
  for (const path of ["/v1/users", `/blobs/${digest}`, "/internal/parked", "/internal/status"])
    assert.equal((await inside(`${account}${path}`)).status, 401, path);
  assert.equal((await inside(`${account}/v1/users`, { authorization })).status, 200);
  const proof = await serviceProof(settings.sealingKeys.parse(keys) ?? [], "app", Date.now());
  assert.equal((await inside(`${account}/blobs/${digest}`, { authorization: `Bearer ${proof}` })).status, 404);
  for (const path of ["/livez", "/readyz", "/metrics"]) {
    for (const url of [account, operations]) assert.equal((await inside(`${url}${path}`)).status, 200, path);
    assert.equal((await outside(`${api}${path}`)).status, 404, path);
  }

  // Without one, with a foreign one, or in clear: nothing, not even whether it lives.
  for (const url of [account, operations]) await assert.rejects(outside(`${url}/livez`), /certificate required/);
  await assert.rejects(clientOf(t, authority().issue("foreign"))(`${account}/livez`), /rejects this process's certificate/);
  for (const url of [api, account]) await assert.rejects(fetch(`${url.replace("https:", "http:")}/livez`), /fetch failed/);
  assert.match(said.out, /a connection was refused/);

  // The command speaks to them as one of the platform.
  const { status, stdout, stderr } = await command(environment);
  assert.equal(status, 0, stderr);
  const listed: { readonly services: readonly { readonly service: string; readonly ready?: unknown }[] } = JSON.parse(stdout);
  assert.deepEqual(listed.services.map(({ service }) => service).sort(), ["account", "api"]);

  // Certificates are renewed while a client goes on.
  let over = false;
  let answers = 0;
  const asking = (async () => {
    for (; !over; answers++) assert.equal((await outside(`${api}/v1/users`, { authorization })).status, 200);
  })();
  assert.equal(await shownBy(api, known.ca), "gateway");
  renew(gateway, known.issue("gateway-renewed"));
  renew(internal, known.issue("internal-renewed"));
  const shows = (url: string, name: string) => async () => (await shownBy(url, known.ca, internal)) === name;
  await eventually("the gateway's new certificate", shows(api, "gateway-renewed"));
  await eventually("the service's new certificate", shows(account, "internal-renewed"));
  const before = answers;
  await eventually("more answers", () => answers > before + 5);
  over = true;
  await asking;

  child.kill("SIGTERM");
  assert.equal(await ended, 0, said.out);
  assert.doesNotMatch(said.out + said.err, /horse|client secret/);
});

test("a wrong password for Kafka ends a start with 77, saying so", { timeout: 60_000 }, async (t) => {
  const { said, ended } = started(t, { KAFKA_SASL: "scram-sha-512:pitrix:wrong-secret" });
  assert.equal(await ended, 77, said.out);
  assert.match(
    said.err,
    /^Kafka at \S+ and this process do not accept each other: wrong user or password: .+\nSettings of this connection: KAFKA_SASL/,
  );
  assert.doesNotMatch(said.out + said.err, /wrong-secret/);
});
