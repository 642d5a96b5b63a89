import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";
import type { AttackersServer } from "../attackers-server.ts";
import type { Person } from "../scene.ts";

type Message = { readonly id: string; readonly headers: IncomingMessage["headers"]; readonly body: string };

/** A new path of a server, which takes messages. */
const hookAt = (server: AttackersServer) => {
  const path = `/hook-${randomUUID()}`;
  const received: Message[] = [];
  server.answer(path, async (request, response) => {
    const body = await text(request);
    received.push({ id: JSON.parse(body).id, headers: request.headers, body });
    response.end();
  });
  return { path, url: `${server.url}${path}`, received };
};
const webhookOf = async ({ call }: Person, url: string, more = {}): Promise<{ readonly webhook_id: string; readonly secret: string }> =>
  ok(call("CreateWebhook", { url, ...more }));
const remove = ({ call }: Person, webhook_id: readonly string[]) => call("DeleteWebhooks", { webhook_id });

/** What webhooks lead to, show and cost. */
export const webhooks: readonly Attack[] = [
  {
    class: "webhooks",
    name: "see, change, test or delete another's webhook, or see its secret",
    has: "user",
    holds: "a webhook is its owner's, and its secret is shown to nobody, but once when it is made",
    needs: "inside",
    run: async ({ people, inside }, { refused, allowed, holds, control }) => {
      const [owner, user] = [await people.user(), await people.otherUser()];
      const hook = hookAt(inside().server);
      const { webhook_id, secret } = await webhookOf(owner, hook.url);
      const { secret: second } = await ok(owner.call("RotateWebhookSecret", { webhook_id }));
      for (const operation of ["TestWebhook", "RedriveWebhook", "GetWebhookDeliveries"] as const)
        await refused(operation, user.call(operation, { webhook_id }), "404");
      await refused("ModifyWebhook", user.call("ModifyWebhook", { webhook_id, url: `${inside().server.url}/mine` }), "403");
      await refused("replay", user.call("ModifyWebhook", { webhook_id, replay_since: "2020-01-01T00:00:00Z" }), "403");
      await refused("RotateWebhookSecret", user.call("RotateWebhookSecret", { webhook_id }), "403");
      await refused("DeleteWebhooks", user.call("DeleteWebhooks", { webhook_id: [webhook_id] }), "403");
      const { webhook_set: foreign = [] } = await ok(user.call("DescribeWebhooks", { webhook_id }));
      holds("DescribeWebhooks", foreign.length === 0);
      const described = await allowed("its owner sees it", owner.call("DescribeWebhooks", { webhook_id }));
      const administrator = await (await people.admin()).call("DescribeWebhooks", { webhook_id });
      const said = {
        "its owner's list": JSON.stringify(described),
        "an administrator's list": JSON.stringify(administrator.body),
        "the log of events": await inside().records(),
        "what processes log": await inside().logs(),
      };
      const bare = [secret, second].map((each) => each.replace("whsec_", ""));
      for (const [where, found] of Object.entries(said))
        holds(`the secrets in ${where}`, !bare.some((each) => found.includes(each)), "none of them");
      await allowed("its owner tests it", owner.call("TestWebhook", { webhook_id }));
      control("and it arrives", hook.received.length === 1);
      await remove(owner, [webhook_id]);
    },
  },
  {
    class: "webhooks",
    name: "have the platform send to private, link-local and metadata addresses",
    has: "user",
    holds: "a webhook leads to public addresses, whatever its URL, its name or a redirect say",
    needs: "inside",
    run: async ({ somebody, inside }, { holds, control }) => {
      const { server } = inside();
      const by = await somebody("user");
      const hook = hookAt(server);
      const { port } = new URL(server.url);
      const closed = [
        ...["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/latest/meta-data/"],
        ...["http://[fd00:ec2::254]/", "http://2130706433:1/", "http://[::ffff:127.0.0.1]:1/"],
        // The name leads to the server's address, and further.
        `http://localhost:${Number(port) + 1}/`,
      ];
      for (const url of closed) {
        const { webhook_id } = await webhookOf(by, url);
        const { delivered, reason } = await ok(by.call("TestWebhook", { webhook_id }));
        holds(url, delivered === false && /private address/.test(reason), reason);
        await remove(by, [webhook_id]);
      }
      const another = await somebody("user");
      const { webhook_id } = await webhookOf(another, `${server.url}/redirecting`);
      for (const [status, location] of [
        [302, `${server.url}/secret`],
        [307, "http://169.254.169.254/"],
      ] as const) {
        server.answer("/redirecting", (_, response) => void response.writeHead(status, { location }).end());
        const { delivered } = await ok(another.call("TestWebhook", { webhook_id }));
        holds(`a redirect to ${location}`, !delivered && !server.seen.includes("/secret"), `delivered ${delivered}`);
      }
      await ok(another.call("ModifyWebhook", { webhook_id, url: hook.url }));
      const good = await ok(another.call("TestWebhook", { webhook_id }));
      control("a server that is allowed gets it", good.delivered && hook.received.length === 1, JSON.stringify(good));
      await remove(another, [webhook_id]);
    },
  },
  {
    class: "webhooks",
    name: "add headers, a second request or another host by what a webhook says of itself",
    has: "user",
    holds: "a message is one request to the host of the URL, with the platform's headers",
    needs: "inside",
    run: async ({ somebody, inside }, { refused, holds, control }) => {
      const { server } = inside();
      const by = await somebody("user");
      const hook = hookAt(server);
      const { host } = server;
      for (const url of [`http://user@${host}/`, `http://${host}:80@127.0.0.1:1/`, `gopher://${host}/`, `file:///etc/passwd`, `//${host}/`])
        await refused(url, by.call("CreateWebhook", { url }), "400");
      const injected = `${hook.url}?a=\r\nx-injected: 1\r\n\r\nPOST /smuggled HTTP/1.1\r\nhost: x\r\n\r\n`;
      const made: string[] = [];
      for (const [what, url, more] of [
        ["line ends in the URL", injected, {}],
        ["escaped line ends", `${hook.url}?a=%0d%0ax-injected:%201`, {}],
        ["line ends in description and types", hook.url, { description: "a\r\nx-injected: 1", event_type: ["a\r\nx-injected: 1"] }],
      ] as const) {
        const created = await by.call("CreateWebhook", { url, ...more });
        if (created.status !== 200) {
          holds(what, created.status === 400, shown(created));
          continue;
        }
        made.push(created.body.webhook_id);
        const before = hook.received.length;
        const { delivered } = await ok(by.call("TestWebhook", { webhook_id: created.body.webhook_id }));
        const message = hook.received.at(-1);
        const isOne = delivered && hook.received.length === before + 1 && message?.headers["x-injected"] === undefined;
        holds(what, isOne && message?.headers.host === host && !server.seen.includes("/smuggled"), JSON.stringify(message?.headers));
      }
      const { webhook_id } = await webhookOf(by, hook.url);
      control("a plain one arrives", (await ok(by.call("TestWebhook", { webhook_id }))).delivered);
      await remove(by, [...made, webhook_id]);
    },
  },
  {
    class: "webhooks",
    name: "hold up others' webhooks by one that hangs, trickles or never ends",
    has: "user, and a server of one's own",
    holds: "an answer has ten seconds, nothing of it is read, and nobody else waits",
    needs: "inside",
    long: true,
    run: async ({ somebody, people, inside, credential, runtime }, { holds, control }) => {
      const { server } = inside();
      const [by, other] = [await somebody("user"), await people.otherUser()];
      const open = new Set<NodeJS.Timeout>();
      server.answer("/hanging", () => {});
      server.answer("/trickling", (request) => {
        request.socket.write("HTTP/1.1 200 OK\r\n");
        open.add(setInterval(() => request.socket.write("x-slow: 1\r\n"), 500));
      });
      server.answer("/endless", (_, response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write("x".repeat(100_000)), 10);
        open.add(more);
        response.once("close", () => clearInterval(more));
      });
      const bad = await Promise.all(["/hanging", "/trickling", "/endless"].map((path) => webhookOf(by, `${server.url}${path}`)));
      const hook = hookAt(server);
      const good = await webhookOf(other, hook.url, { event_type: ["RuntimeCreated"] });
      const began = performance.now();
      const tests = bad.map(async ({ webhook_id }) => {
        const { delivered } = await ok(by.call("TestWebhook", { webhook_id }));
        return { delivered, seconds: (performance.now() - began) / 1_000 };
      });
      await runtime(by, await credential(by));
      const mine = await runtime(other, await credential(other));
      await eventually("another's arrives", () => hook.received.some(({ id }) => id === `runtime/${mine}@1`), 9_000).catch(() => undefined);
      const seconds = (performance.now() - began) / 1_000;
      control("another's webhook arrives meanwhile", hook.received.length > 0, `after ${seconds.toFixed(1)} s`);
      const [hanging, trickling, endless] = await Promise.all(tests);
      for (const [what, found] of Object.entries({ hanging, trickling }))
        holds(what, found?.delivered === false && found.seconds < 15, `given up after ${found?.seconds.toFixed(1)} s`);
      holds("endless", endless?.delivered === true && endless.seconds < 15, `answered, and not read: ${endless?.seconds.toFixed(1)} s`);
      for (const each of open) clearInterval(each);
      await remove(
        by,
        bad.map(({ webhook_id }) => webhook_id),
      );
      await remove(other, [good.webhook_id]);
    },
  },
  {
    class: "webhooks",
    name: "make the platform send without end: thousands of webhooks, test events and replays",
    has: "user",
    holds: "one user has 20 webhooks, ten test events a minute and ten replays an hour",
    needs: "inside",
    run: async ({ somebody, inside }, { holds, control, refused }) => {
      const hook = hookAt(inside().server);
      const by = await somebody("user");
      // At once, so that none of them knows of the others.
      const made = await Promise.all(Array.from({ length: 30 }, () => by.call("CreateWebhook", { url: hook.url, event_type: ["Never"] })));
      const ids = made.flatMap(({ status, body }) => (status === 200 ? [String(body.webhook_id)] : []));
      holds("30 webhooks at once", ids.length <= 20, `${ids.length} were made`);
      const [webhook_id = ""] = ids;
      const tests = [];
      for (let each = 0; each < 12; each++) tests.push(await by.call("TestWebhook", { webhook_id: ids[each % ids.length] ?? "" }));
      holds(
        "12 test events",
        tests.filter(({ status }) => status === 200).length <= 10 && hook.received.length <= 10,
        `${hook.received.length}`,
      );
      await refused("one more", by.call("TestWebhook", { webhook_id }), "429 rate_limit_exceeded");
      const replay = () => by.call("ModifyWebhook", { webhook_id, replay_since: "2020-01-01T00:00:00Z" });
      for (let each = 0; each < 10; each++) await replay();
      await refused("the eleventh replay", replay(), "429 rate_limit_exceeded");
      control("20 webhooks, and test events that arrive", ids.length === 20 && hook.received.length === 10, `${ids.length}`);
      await remove(by, ids);
    },
  },
];
