import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { connections, exchange } from "../../../../services/api/transport.ts";
import { serverOf } from "../../../../services/chassis/http/server.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { type Logger, silent } from "../../../../services/chassis/process/logging.ts";
import { certificates } from "../../../../services/chassis/process/tls/certificates.ts";
import { sendAsProcess } from "../../../../services/chassis/process/tls/request.ts";
import { eventually } from "../../../eventually.ts";
import { authority, type Issued, renew } from "./authority.ts";
import { shownBy } from "./peer.ts";

const inUse = (t: TestContext, files: Issued | undefined, ca: string, logger: Logger = silent) => {
  const file = (setting: string, path = "") => ({ setting, path });
  const opened = certificates(
    { cert: file("CERT", files?.cert), key: file("KEY", files?.key), ca: file("CA", ca) },
    { clock: systemClock, logger },
    20,
  );
  t.after(opened.stop);
  return opened;
};

/** A service that lets in only who shows a certificate. */
const served = async (t: TestContext, files: Issued, ca: string) => {
  const said: { readonly message: string; readonly reason?: unknown }[] = [];
  const note = (details: object, message: string) => void said.push({ ...details, message });
  const own = inUse(t, files, ca, { ...silent, warn: note, info: note });
  const { server } = serverOf(
    (_request, response) => void response.end("hello"),
    { certificates: own, mutual: true },
    { ...silent, warn: note },
  );
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, own, said }; // A TCP server's address is one.
};

const client = (t: TestContext, files: Issued | undefined, ca: string) => {
  const { send, close } = sendAsProcess(inUse(t, files, ca));
  t.after(close);
  return async (url: string): Promise<string> => Buffer.from((await send({ url }, AbortSignal.timeout(10_000))).body).toString();
};

test("who shows a certificate of the platform's authority is let in, and nobody else", async (t) => {
  const [ours, theirs] = [authority(), authority()];
  const { url, said } = await served(t, ours.issue("service"), ours.ca);
  assert.equal(await client(t, ours.issue("gateway"), ours.ca)(url), "hello");

  await assert.rejects(client(t, undefined, ours.ca)(url), /certificate required/);
  await assert.rejects(client(t, theirs.issue("foreign"), ours.ca)(url), /rejects this process's certificate/);
  await assert.rejects(
    client(t, ours.issue("other"), theirs.ca)(url),
    /unable to (verify|get)|self-signed certificate in certificate chain/,
  );
  await assert.rejects(client(t, ours.issue("expired", -1), ours.ca)(url), /rejects this process's certificate/);
  await assert.rejects(fetch(url.replace("https:", "http:")), /fetch failed/);
  const reasons = said.map(({ reason }) => String(reason)).join("\n");
  assert.match(reasons, /no certificate was shown/);
  assert.match(reasons, /not accepted: (UNABLE_TO_|SELF_SIGNED_)/);
  assert.match(reasons, /not accepted: CERT_HAS_EXPIRED/);
  assert.match(reasons, /plain HTTP, where HTTPS is spoken/);
});

test("with certificates, neither blobs nor requests go out in clear", async (t) => {
  const ours = authority();
  const files = ours.issue("gateway");
  await assert.rejects(client(t, files, ours.ca)("http://127.0.0.1:1"), /must be an https/);
  const agents = connections(inUse(t, files, ours.ca));
  t.after(agents.close);
  const outgoing = { method: "GET", path: "/", headers: {}, milliseconds: 1_000, signal: new AbortController().signal };
  await assert.rejects(exchange(agents, { ...outgoing, url: "http://127.0.0.1:1" }), /must be an https/);
  const { url } = await served(t, ours.issue("service"), ours.ca);
  assert.equal((await exchange(agents, { ...outgoing, url })).status, 200);
  await assert.rejects(exchange(agents, { ...outgoing, url, serverName: "elsewhere.example.org" }), /altnames|does not match/);
  assert.equal((await exchange(agents, { ...outgoing, url, serverName: "localhost", alone: true })).status, 200);
});

test("renewed certificates are taken while clients go on", async (t) => {
  const ours = authority();
  const files = ours.issue("first");
  const gateway = ours.issue("gateway");
  const { url, said } = await served(t, files, ours.ca);
  const ask = client(t, gateway, ours.ca);
  let answers = 0;
  let over = false;
  const asking = (async () => {
    for (; !over; answers++) assert.equal(await ask(url), "hello");
  })();
  assert.equal(await shownBy(url, ours.ca, gateway), "first");

  const second = ours.issue("second");
  renew(files, second, "cert");
  await eventually("the complaint", () => said.some(({ message }) => message.includes("the current ones stay in use")));
  assert.equal(await shownBy(url, ours.ca, gateway), "first");
  renew(files, second, "key");
  await eventually("the renewal", async () => (await shownBy(url, ours.ca, gateway)) === "second");
  const before = answers;
  await eventually("more answers", () => answers > before + 5);
  over = true;
  await asking;
});

test("a server with TLS tells browsers to use nothing else with its host, also where no request could be read; one without says nothing", async (t) => {
  const { issue, ca } = authority();
  const own = inUse(t, issue("gateway"), ca);
  const start = async (secured: Parameters<typeof serverOf>[1]): Promise<number> => {
    const { server } = serverOf((_request, response) => void response.end("hello"), secured, silent);
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port; // A TCP server's address is one.
  };
  const port = await start({ certificates: own, mutual: false });
  const trusted = { ca: readFileSync(ca), host: "127.0.0.1", port };
  const [answer] = await once(get({ ...trusted, agent: false }), "response");
  assert.equal(answer.headers["strict-transport-security"], "max-age=31536000");
  answer.resume();
  const socket = connect(trusted);
  await once(socket, "secureConnect");
  socket.write("no HTTP\r\n\r\n");
  assert.match(await text(socket), /^HTTP\/1\.1 400[\s\S]*\r\nstrict-transport-security: max-age=31536000\r\n/);
  const { headers } = await fetch(`http://127.0.0.1:${await start(undefined)}/`);
  assert.equal(headers.get("strict-transport-security"), null);
});
