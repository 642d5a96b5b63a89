import type { ServerResponse } from "node:http";
import { eventually } from "../../eventually.ts";
import { type Answer, ok } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";
import { attackersServer } from "../attackers-server.ts";
import type { Person } from "../scene.ts";

/** Registers a repository and gives what its first indexing run says. */
const tried = async ({ call }: Pick<Person, "call">, url: string, type = "http", credential = "{}"): Promise<string> => {
  const fields = { type, name: "probe", url, credential, visibility: "private", providers: ["local"] };
  const { status, body } = await call("CreateRepo", fields);
  if (status !== 200) return `${status} ${body.message}`;
  const { repo_id } = body;
  const event = await eventually(`the indexing of ${url}`, async () => {
    const { repo_event_set = [] } = await ok(call("DescribeRepoEvents", { repo_id }));
    return repo_event_set[0]?.status !== undefined && repo_event_set[0].status !== "pending" && repo_event_set[0];
  });
  await ok(call("DeleteRepos", { repo_id: [repo_id] }));
  return `${event.status} ${event.result ?? ""}`;
};

/** What the platform is made to ask for in its own network. */
export const network: readonly Attack[] = [
  {
    class: "network",
    name: "have the platform read private addresses, however they are written",
    has: "developer",
    holds: "repositories are read at public addresses, and at those that an operator allows",
    run: async ({ people }, { holds, control }) => {
      const developer = await people.developer();
      const hosts = [
        ...[
          "169.254.169.254",
          "168.63.129.16",
          "127.0.0.1:1",
          "localhost:1",
          "10.0.0.1",
          "172.16.0.1",
          "192.168.0.1",
          "100.100.100.200",
          "0.0.0.0:1",
        ],
        ...[
          "[::1]:1",
          "[::]:1",
          "[::ffff:127.0.0.1]:1",
          "[::ffff:a9fe:a9fe]",
          "[64:ff9b::a9fe:a9fe]",
          "[fd00:ec2::254]",
          "[fe80::1]",
          "[2002:7f00:1::]",
        ],
        ...["2130706433:1", "0x7f000001:1", "0177.0.0.1:1", "127.1:1", "127.0.0.1.:1"],
      ];
      const urls = [
        ...hosts.map((host) => `http://${host}/x`),
        "https://169.254.169.254/latest/meta-data",
        "http://user:pw@169.254.169.254/x",
      ];
      const found = await Promise.all(urls.map(async (url) => [url, await tried(developer, url)] as const));
      for (const [url, said] of found) holds(url, /private address, which is not allowed|^400 /.test(said), said.slice(0, 140));
      const s3 = JSON.stringify({ access_key_id: "a", secret_access_key: "b" });
      const bucket = await tried(developer, "s3://169.254.169.254/bucket", "s3", s3);
      holds("s3://169.254.169.254/bucket", /private address, which is not allowed|^400 /.test(bucket), bucket);
      for (const url of ["file:///etc/passwd", "gopher://127.0.0.1:1/x", "http://127.0.0.1:1/\r\nx: y"]) {
        const said = await tried(developer, url);
        holds(JSON.stringify(url), /^400 |not supported|not a URL/.test(said), said.slice(0, 140));
      }
      control("each address was judged", found.length === urls.length, `${found.length}`);
    },
  },
  {
    class: "network",
    name: "lead the platform from an allowed server to another one of its network",
    has: "developer with a repository at an allowed server",
    holds: "redirects, indexes and archives lead where a repository may be, and no further",
    needs: "inside",
    run: async ({ people, inside, fresh, target }, { holds, control }) => {
      const developer = await people.developer();
      const { server } = inside();
      const hidden = await attackersServer();
      try {
        const folder = `/${fresh()}`;
        const secret = `${hidden.url}/secret`;
        const to =
          (location: string, status = 302) =>
          (_: unknown, response: ServerResponse) =>
            void response.writeHead(status, { location }).end();
        const places: readonly (readonly [what: string, location: string, status?: number])[] = [
          ["to another port", secret],
          ["to another port, permanently", secret, 308],
          ["to another name of the address", secret.replace("127.0.0.1", "localhost")],
          ["to the same address in IPv6", secret.replace("127.0.0.1", "[::ffff:127.0.0.1]")],
          ["to a cloud's metadata", "http://169.254.169.254/latest/meta-data/"],
          ["to a file", "file:///etc/passwd"],
          ["to the platform itself", `${target.url}/v1/openapi.json`],
        ];
        for (const [nth, [what, location, status]] of places.entries()) {
          server.answer(`${folder}-${nth}/index.yaml`, to(location, status));
          const said = await tried(developer, `${server.url}${folder}-${nth}`);
          holds(`redirected ${what}`, said.startsWith("failed") && hidden.seen.length === 0, said.slice(0, 140));
        }
        const index = `api_version: v1\nentries:\n  shop:\n  - {name: shop, version: 1.0.0, digest: "", created: "2026-01-01T00:00:00Z", urls: ["${secret}"]}\n`;
        server.answer(`${folder}/index.yaml`, index);
        const said = await tried(developer, `${server.url}${folder}`);
        holds("an archive at another port", hidden.seen.length === 0, said.slice(0, 140));
        control(
          "the allowed server was asked",
          server.seen.includes(`${folder}/index.yaml`) && server.seen.includes(`${folder}-0/index.yaml`),
        );
      } finally {
        await hidden.close();
      }
    },
  },
  {
    class: "network",
    name: "look for open ports behind the platform by how a repository is refused",
    has: "developer",
    holds: "a private address is refused alike, whether somebody listens there or not",
    needs: "inside",
    run: async ({ people, inside }, { holds, control }) => {
      const developer = await people.developer();
      const open = await attackersServer();
      open.answer("/index.yaml", "api_version: v1\nentries: {}\n");
      try {
        const ask = async (url: string) => {
          const { body, milliseconds } = await developer.call("ValidateRepo", { type: "http", url, credential: "{}" });
          return { said: JSON.stringify(body), milliseconds };
        };
        const [listening, closed] = [await ask(open.url), await ask("http://127.0.0.1:1")];
        holds("both answers are the same", listening.said === closed.said, `${listening.said} / ${closed.said}`);
        holds("nobody was asked", open.seen.length === 0);
        holds("both are given at once", Math.max(listening.milliseconds, closed.milliseconds) < 2_000);
        inside().server.answer("/good/index.yaml", "api_version: v1\nentries: {}\n");
        control(
          "the allowed server is asked",
          (await ask(`${inside().server.url}/good`)).said !== closed.said && inside().server.seen.includes("/good/index.yaml"),
        );
      } finally {
        await open.close();
      }
    },
  },
  {
    class: "network",
    name: "take a service from everybody by a repository that never answers",
    has: "developer with a repository at an allowed server",
    holds: "who waits for a slow server waits alone",
    needs: "inside",
    long: true,
    run: async ({ people, inside, fresh }, { holds, control }) => {
      const [developer, user] = [await people.developer(), await people.user()];
      const { server } = inside();
      const folder = `/${fresh()}`;
      const waiting: ServerResponse[] = [];
      server.answer(`${folder}/index.yaml`, (_, response) => void waiting.push(response));
      const validate = () => developer.call("ValidateRepo", { type: "http", url: `${server.url}${folder}`, credential: "{}" });
      let over = false;
      const asked = Promise.all(Array.from({ length: 100 }, validate)).finally(() => {
        over = true;
      });
      const others: Answer[] = [];
      while (!over) {
        others.push(await user.call("DescribeRepos"));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const answers = await asked;
      for (const response of waiting) response.destroy();
      const later: Answer[] = [];
      for (let nth = 0; nth < 20; nth++) later.push(await user.call("DescribeRepos"));
      const isServed = (all: readonly Answer[]) => all.every(({ status, headers }) => status === 200 && headers.get("warning") === null);
      const longest = Math.max(...others.map(({ milliseconds }) => milliseconds));
      holds(
        "others are served meanwhile",
        isServed(others) && longest < 5_000,
        `${others.length} requests, ${longest.toFixed(0)} ms at most, ${[...new Set(others.map(({ status }) => status))].join(" ")}`,
      );
      holds("and afterwards", isServed(later), [...new Set(later.map(({ status }) => status))].join(" "));
      holds(
        "each is answered",
        answers.every(({ status }) => status === 200),
        [...new Set(answers.map(({ status }) => status))].join(" "),
      );
      control("the slow server was asked", waiting.length > 0, `${waiting.length} times`);
    },
  },
];
