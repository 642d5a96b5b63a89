import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";
import { confOf } from "../scene.ts";

/** A file of each process of this machine that we may read: its arguments, or its environment. */
const processes = (file: "cmdline" | "environ"): readonly string[] =>
  readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) && Number(pid) !== process.pid ? [readFileSync(`/proc/${pid}/${file}`, "latin1")] : [];
    } catch {
      return []; // It has ended, or is another user's.
    }
  });
const filesBelow = (directory: string, name: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(name))
    .map((path) => join(directory, path));

/** Secrets in the places where everybody looks. */
export const secrets: readonly Attack[] = [
  {
    class: "secrets",
    name: "read an application's password in events, answers, logs, records or argument lists",
    has: "the log of events, the API, the logs and a shell on the machine",
    holds: "the password reaches the process that needs it, and stands nowhere else",
    needs: "inside",
    long: true,
    run: async ({ people, cluster, inside, fresh, jobEnded }, { holds, control }) => {
      const user = await people.user();
      const [first, second] = [`planted-${fresh()}-one`, `planted-${fresh()}-two`];
      const { clusterId: cluster_id, jobId, cease } = await cluster(user, first);
      const { job_id } = await ok(user.call("UpdateClusterEnv", { cluster_id, env: confOf(second) }));
      await jobEnded(user, job_id);
      const { records, logs, nodes } = inside();
      const answers = [];
      for (const operation of ["DescribeClusters", "DescribeAppClusters", "DescribeClusterNodes"] as const)
        answers.push((await user.call(operation, { cluster_id })).body);
      for (const id of [jobId, job_id])
        for (const operation of ["DescribeJobs", "DescribeTasks"] as const) answers.push((await user.call(operation, { job_id: id })).body);
      const places: { readonly [where: string]: string } = {
        "the log of events": await eventually("the cluster is on the log", async () => {
          const bytes = await records();
          return bytes.includes(cluster_id) && bytes;
        }),
        answers: JSON.stringify(answers),
        logs: await logs(),
        "argument lists": processes("cmdline").join("\n"),
        "records of nodes": filesBelow(nodes, "node.json")
          .map((path) => readFileSync(path, "utf8"))
          .join("\n"),
      };
      for (const [where, text] of Object.entries(places))
        holds(where, ![first, second].some((secret) => text.includes(secret)), `${text.length} characters, none of them`);
      control(
        "the search finds what is no secret",
        Object.entries(places).every(
          ([where, text]) => where === "logs" || text.includes(where === "argument lists" ? "program.cjs" : cluster_id),
        ),
      );
      control(
        "the process has it",
        processes("environ").some((environment) => environment.includes(`db://me:${first}@`) || environment.includes(`db://me:${second}@`)),
      );
      await cease();
    },
  },
  {
    class: "secrets",
    name: "read passwords, client secrets, credentials and tokens in events, answers or logs",
    has: "the log of events, the API and the logs",
    holds: "what somebody entrusts to the platform is sealed, hashed or not kept",
    needs: "inside",
    run: async ({ people, inside, fresh, somebody, target }, { holds, control }) => {
      const [user, admin, developer] = [await people.user(), await people.admin(), await people.developer()];
      const planted = `planted-${fresh()}`;
      const token = JSON.stringify({ token: `${planted}-token` });
      const { runtime_credential_id } = await ok(
        user.call("CreateRuntimeCredential", { provider: "local", name: `named ${planted}`, runtime_credential_content: token }),
      );
      const url = `http://ann:${planted}-url@127.0.0.1:1/`;
      await ok(
        developer.call("CreateRepo", { type: "http", name: "closed", url, credential: "{}", visibility: "private", providers: ["local"] }),
      );
      await ok(admin.call("ModifyUser", { user_id: (await somebody("user")).userId, password: `${planted}-password` }));
      const { client_secret } = await ok(admin.call("CreateClient", { user_id: (await people.otherUser()).userId }));
      const secrets = [
        `${planted}-token`,
        `${planted}-url`,
        `${planted}-password`,
        client_secret,
        user.password,
        user.accessToken,
        user.refreshToken,
      ];
      secrets.push(target.operators.secret, target.administrator.password, inside().localToken);
      const answers = [];
      for (const operation of [
        "DescribeRuntimeCredentials",
        "DescribeRepos",
        "DescribeRepoEvents",
        "DescribeUsers",
        "DescribeUsersDetail",
        "DescribeClients",
      ] as const)
        answers.push((await admin.call(operation, { limit: 200 })).body);
      const bytes = await eventually("the credential is on the log", async () => {
        const all = await inside().records();
        return all.includes(runtime_credential_id) && all;
      });
      for (const [where, text] of [
        ["the log of events", bytes],
        ["answers", JSON.stringify(answers)],
        ["logs", await inside().logs()],
      ] as const)
        holds(where, !secrets.some((secret) => text.includes(secret)), `${text.length} characters, none of them`);
      control(
        "the search finds what is no secret",
        bytes.includes(`named ${planted}`) && JSON.stringify(answers).includes(`named ${planted}`),
      );
    },
  },
  {
    class: "secrets",
    name: "read names, addresses and phone numbers of people in events, stores or logs, or anywhere once they are deleted",
    has: "the log of events, the stores, the API and the logs",
    holds: "what is known of people is sealed, and for nobody to read once they are deleted",
    needs: "inside",
    run: async ({ people, inside, fresh, grant, target }, { holds, control }) => {
      const admin = await people.admin();
      const planted = `planted-${fresh()}`;
      const [email, next, password] = [`${planted}-one@attack.example`, `${planted}-two@attack.example`, `a good password ${fresh()}`];
      const known = { email, phone_number: `${planted}-phone`, description: `${planted}-words` };
      const keyed = (operation: "CreateUser" | "ModifyUser" | "CreateGroup", fields: object) =>
        admin.call(operation, fields, { "idempotency-key": fresh() });
      const { user_id } = await ok(keyed("CreateUser", { ...known, password, role_id: "user" }));
      const refusals = await Promise.all([
        keyed("CreateUser", { ...known, password, role_id: "user" }),
        keyed("CreateUser", { ...known, email: planted, password, role_id: "user" }),
        keyed("CreateGroup", { name: email }),
      ]);
      await ok(keyed("ModifyUser", { user_id, email: next, username: `${planted}-name` }));
      for (const username of [email, next])
        await grant(target.loginClient, { grant_type: "password", username, password: "a wrong password" });
      const shown = async (): Promise<string> => {
        const asked = [{ user_id: [user_id] }, { email: [email] }, { email: [next] }, { search_word: planted }, { sort_key: "username" }];
        const answers = asked.map(async (fields) => (await ok(admin.call("DescribeUsers", fields))).user_set ?? []);
        return JSON.stringify(await Promise.all(answers));
      };
      const search = async (when: string): Promise<void> => {
        const { records, stores, logs } = inside();
        const texts = { "the log of events": await records(), "the stores": await stores(), logs: await logs() };
        for (const [where, text] of Object.entries(texts))
          holds(`${where}, ${when}`, !text.includes(planted), `${text.length} characters, none of them`);
        control(`the search finds what is no secret, ${when}`, (texts["the log of events"] + texts["the stores"]).includes(user_id));
      };
      control("who may see people is shown them", (await shown()).includes(`${planted}-name`));
      holds("what is refused is not repeated", !JSON.stringify(refusals.map(({ body }) => body)).includes(planted));
      await search("while the person is there");
      await ok(admin.call("DeleteUsers", { user_id: [user_id] }));
      holds("answers after the deletion", !(await shown()).includes(planted));
      await search("after the deletion");
    },
  },
  {
    class: "secrets",
    name: "read the platform's own secrets in argument lists, files and logs",
    has: "another account on the machine",
    holds: "secrets are in files that only their owner reads, in environments, and in no arguments",
    needs: "processes",
    run: async ({ inside }, { holds, control }) => {
      const { directory, pids } = inside().processes ?? failed();
      const file = join(directory, "secrets.json");
      const texts = (value: unknown): readonly string[] =>
        typeof value === "string" ? [value] : Object.values(Object(value)).flatMap(texts);
      const all = texts(JSON.parse(readFileSync(file, "utf8"))).filter((text) => text.length >= 16 && !/^client-|@/.test(text));
      const shows = (text: string) => all.some((secret) => text.includes(secret));
      const lines = processes("cmdline");
      holds("argument lists", !lines.some(shows), `of ${lines.length} processes`);
      holds("logs", !shows(await inside().logs()));
      for (const path of [directory, file])
        holds(`${path === file ? "the file of secrets" : "the directory"} is closed to others`, (statSync(path).mode & 0o077) === 0);
      const [pid] = pids;
      control("the environment of a service has them", shows(readFileSync(`/proc/${pid}/environ`, "latin1")), `${all.length} secrets`);
    },
  },
];

const failed = (): never => {
  throw new Error("there are no processes");
};
