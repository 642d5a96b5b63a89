import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { ask, ok } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";

/** What the code would say of itself. */
const LEAKS = /\bat \S+ \(|node_modules|\.[jt]s:\d+|file:\/\/|\/dist\/|MongoServerError|KafkaJS|ECONNREFUSED|stack"/;

/** What a socket is answered to these bytes. */
const raw = async (url: string, bytes: string): Promise<string> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(bytes);
  return text(socket).catch(() => "");
};

/** Browsers, proxies, and what errors say. */
export const web: readonly Attack[] = [
  {
    class: "web",
    name: "read answers from another site, or have a browser run or frame them",
    has: "a page that a user visits",
    holds: "no CORS header, and every answer forbids sniffing, framing and storing",
    run: async ({ target, people, application }, { holds, control }) => {
      const owner = await people.developer();
      const { accessToken } = owner;
      const origin = {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      };
      const { appId } = await application(owner);
      const page = Buffer.from("<html><script>alert(1)</script>").toString("base64");
      await ok(owner.call("UploadAppAttachment", { app_id: appId, attachment_content: page }));
      for (const [method, path] of [
        ["OPTIONS", "/v1/apps"],
        ["GET", "/v1/apps"],
        ["GET", "/v1/nothing"],
        ["GET", "/nothing"],
        ["POST", "/v1/oauth2/token"],
        ["GET", "/"],
        ["TRACE", "/v1/apps"],
      ] as const) {
        if (method === "TRACE") {
          const said = await raw(target.url, `TRACE /v1/apps HTTP/1.1\r\nhost: x\r\nx-secret: echo\r\nconnection: close\r\n\r\n`);
          holds("TRACE echoes nothing", !said.includes("x-secret"), said.slice(0, 40));
          continue;
        }
        const { status, headers } = await ask(`${target.url}${path}`, {
          method,
          headers: { ...origin, authorization: `Bearer ${accessToken}` },
        });
        const cors = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
        const isSafe =
          headers.get("x-content-type-options") === "nosniff" &&
          /frame-ancestors 'none'/.test(headers.get("content-security-policy") ?? "");
        holds(`${method} ${path}`, cors.length === 0 && isSafe && headers.get("x-powered-by") === null, `${status} ${cors.join(" ")}`);
      }
      const { app_set = [] } = await ok(owner.call("DescribeApps", { app_id: appId }));
      const file = await owner.call("GetAttachment", { attachment_id: app_set[0]?.icon });
      control("a page was uploaded as an icon", file.status === 200, shown(file).slice(0, 60));
    },
  },
  {
    class: "web",
    name: "have an uploaded page shown as one of this site",
    has: "developer with a released application",
    holds: "a file is a download in a sandbox, of no type that a browser runs",
    run: async ({ target, people, application, packageOf: _ }, { holds, control }) => {
      const [developer, admin] = [await people.developer(), await people.admin()];
      const { appId: app_id, versionId: version_id } = await application(developer);
      const page = Buffer.from("<html><script>alert(1)</script>").toString("base64");
      await ok(developer.call("UploadAppAttachment", { app_id, attachment_content: page }));
      await ok(developer.call("SubmitAppVersion", { version_id }));
      await ok(admin.call("AdminPassAppVersion", { version_id }));
      await ok(developer.call("ReleaseAppVersion", { version_id }));
      const { app_set = [] } = await ok(developer.call("DescribeApps", { app_id }));
      const path = `/attachments/${app_set[0]?.icon}/raw`;
      const { status, headers } = await ask(`${target.url}${path}`);
      control("the file of the store is public", status === 200, String(status));
      holds("it is a download", /^attachment/.test(headers.get("content-disposition") ?? ""), String(headers.get("content-disposition")));
      holds("of no type that runs", headers.get("content-type") === "application/octet-stream", String(headers.get("content-type")));
      holds("in a sandbox", /sandbox/.test(headers.get("content-security-policy") ?? ""));
      for (const trick of [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "raw%00.html",
        "raw/../../x",
        "%2e%2e",
        "x%0d%0ax-evil:%201",
        "index.html",
      ]) {
        const answer = await ask(`${target.url}/attachments/${app_set[0]?.icon}/${trick}`);
        holds(`the name ${trick}`, answer.status === 404 || answer.status === 400, String(answer.status));
      }
    },
  },
  {
    class: "web",
    name: "have errors tell about the code, the machine or its servers",
    has: "nothing, or a user's token",
    holds: "an error is a sentence with a request id",
    run: async ({ target, people, inside: _ }, { holds, control }) => {
      const { accessToken } = await people.user();
      const authorization = { authorization: `Bearer ${accessToken}` };
      const json = { "content-type": "application/json", ...authorization };
      const asked: readonly (readonly [path: string, init: RequestInit])[] = [
        ["/v1/apps", { method: "POST", body: "{", headers: json }],
        ["/v1/apps", { method: "POST", body: "\0\0", headers: { ...json, "content-encoding": "gzip" } }],
        ["/v1/apps", { method: "POST", body: "{}", headers: { ...json, "content-type": "application/json; charset=nonsense" } }],
        ["/v1/apps", { method: "POST", body: "<a/>", headers: { ...json, "content-type": "text/xml" } }],
        ["/v1/apps?limit=%", { headers: authorization }],
        ["/v1/%", { headers: authorization }],
        ["/v1/apps/%ff%fe", { headers: authorization }],
        ["/attachments/%ff/%ff", {}],
        ["/v1/commands/%00", { headers: authorization }],
        [`/v1/commands/${"x".repeat(5_000)}`, { headers: authorization }],
        [
          "/v1/oauth2/token",
          { method: "POST", body: "grant_type=nonsense", headers: { "content-type": "application/x-www-form-urlencoded" } },
        ],
        ["/v1/oauth2/token", { method: "POST", body: '{"grant_type":{"a":1}}', headers: { "content-type": "application/json" } }],
        ["/v1/oauth2/token", { method: "POST", headers: { authorization: "Basic %%%" } }],
        ["/v1/users", { headers: { authorization: `Bearer ${"a.".repeat(2_000)}` } }],
      ];
      let ids = 0;
      for (const [path, init] of asked) {
        const { status, body, headers } = await ask(`${target.url}${path}`, init);
        const said = typeof body === "string" ? body : JSON.stringify(body);
        if (headers.get("x-request-id")) ids += 1;
        holds(
          `${init.method ?? "GET"} ${path.slice(0, 40)}`,
          status >= 400 && status !== 500 && !LEAKS.test(said),
          `${status} ${said.slice(0, 100)}`,
        );
      }
      control("each has a request id", ids === asked.length, `${ids} of ${asked.length}`);
      control("a leak would be found", LEAKS.test("Error: x\n    at f (/srv/dist/app.js:1:2)"));
    },
  },
  {
    class: "web",
    name: "smuggle a second request past the gateway",
    has: "a user's token",
    holds: "a message that two servers could read in two ways is refused",
    run: async ({ target, people }, { holds, control }) => {
      const { accessToken } = await people.user();
      const head = `POST /v1/runtimes/credentials HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${accessToken}\r\ncontent-type: application/json\r\n`;
      const second = "GET /internal/status HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
      const tricks: readonly (readonly [what: string, bytes: string])[] = [
        ["two lengths", `${head}content-length: 2\r\ncontent-length: ${second.length + 2}\r\n\r\n{}${second}`],
        ["a length and chunks", `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${second}`],
        ["chunks spelt otherwise", `${head}transfer-encoding: xchunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${second}`],
        ["a length with a sign", `${head}content-length: +2\r\n\r\n{}${second}`],
        ["a bare line feed", `${head}x-a: 1\nx-b: 2\r\ncontent-length: 2\r\n\r\n{}${second}`],
        ["a space before the colon", `${head}content-length : 2\r\n\r\n{}${second}`],
      ];
      for (const [what, bytes] of tricks) {
        const said = await raw(target.url, bytes);
        holds(what, /^HTTP\/1\.1 400/.test(said) && !said.includes('"ready"'), said.split("\r\n")[0]);
      }
      const good = await raw(
        target.url,
        `GET /v1/runtimes/credentials HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${accessToken}\r\nconnection: close\r\n\r\n`,
      );
      control("a good request is answered", /^HTTP\/1\.1 200/.test(good), good.split("\r\n")[0]);
    },
  },
];
