import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";
import { confOf } from "../scene.ts";

/** Credentials of clouds and machines, and what runs by them. */
export const runtimes: readonly Attack[] = [
  {
    class: "runtimes",
    name: "use a credential that is foreign, deleted, or of another provider",
    has: "user",
    holds: "a runtime takes an active credential of its owner and provider",
    run: async ({ people, credential, runtime }, { refused, allowed }) => {
      const [owner, user] = [await people.user(), await people.otherUser()];
      const theirs = await credential(owner);
      const [mine, gone] = [await credential(user), await credential(user)];
      await ok(user.call("DeleteRuntimeCredentials", { runtime_credential_id: [gone] }));
      const runtime_id = await runtime(user, mine);
      const create = (runtime_credential_id: string) =>
        user.call("CreateRuntime", { name: "x", provider: "local", zone: "local", runtime_credential_id });
      const modify = (runtime_credential_id: string) => user.call("ModifyRuntime", { runtime_id, runtime_credential_id });
      const zones = (runtime_credential_id: string) => user.call("DescribeRuntimeProviderZones", { runtime_credential_id });
      await refused("CreateRuntime with a foreign one", create(theirs), "403");
      await refused("ModifyRuntime to a foreign one", modify(theirs), "403");
      await refused("DescribeRuntimeProviderZones of a foreign one", zones(theirs), "404");
      await refused("CreateRuntime with a deleted one", create(gone), "400", "403");
      await refused("ModifyRuntime to a deleted one", modify(gone), "400", "403");
      await refused("DescribeRuntimeProviderZones of a deleted one", zones(gone), "404");
      const elsewhere = { provider: "nowhere", name: "x", runtime_credential_content: '{"token":"x"}' };
      await refused("one of a provider that is not there", user.call("CreateRuntimeCredential", elsewhere), "400");
      const zone = user.call("CreateRuntime", { name: "x", provider: "nowhere", zone: "local", runtime_credential_id: mine });
      await refused("CreateRuntime of another provider than the credential's", zone, "400");
      await allowed("its owner sees its zones", owner.call("DescribeRuntimeProviderZones", { runtime_credential_id: theirs }));
      await allowed("one's own", modify(await credential(user)));
    },
  },
  {
    class: "runtimes",
    name: "read or change another user's runtime, cluster, nodes, jobs and logs",
    has: "user",
    holds: "rows of others are hidden or 403",
    needs: "inside",
    long: true,
    run: async ({ people, inStore, cluster }, { refused, allowed, holds }) => {
      const [owner, user] = [await people.user(), await people.otherUser()];
      const { appId: app_id, versionId: version_id } = await inStore();
      const { clusterId: cluster_id, jobId: job_id, runtimeId: runtime_id, cease } = await cluster(owner);
      const { cluster_node_set = [] } = await ok(owner.call("DescribeClusterNodes", { cluster_id }));
      const node_id = String(cluster_node_set[0]?.node_id);
      for (const [operation, fields] of [
        ["StopClusters", { cluster_id: [cluster_id] }],
        ["DeleteClusters", { cluster_id: [cluster_id] }],
        ["CeaseClusters", { cluster_id: [cluster_id], force: true }],
        ["UpdateClusterEnv", { cluster_id, env: "{}" }],
        ["AddClusterNodes", { cluster_id, node_count: 1, role: "web" }],
        ["ModifyClusterAttributes", { cluster_id, name: "stolen" }],
        ["ModifyClusterNodeAttributes", { node_id, name: "stolen" }],
        ["ModifyRuntime", { runtime_id, name: "stolen" }],
        ["DeleteRuntimes", { runtime_id: [runtime_id], force: true }],
        ["CreateCluster", { app_id, version_id, runtime_id, conf: confOf() }],
        ["DescribeClusterNodeLogs", { node_id }],
      ] as const)
        await refused(operation, user.call(operation, fields), "403");
      for (const [operation, fields] of [
        ["DescribeClusters", { cluster_id }],
        ["DescribeClusterNodes", { cluster_id }],
        ["DescribeJobs", { job_id }],
        ["DescribeTasks", { job_id }],
        ["DescribeRuntimes", { runtime_id }],
      ] as const) {
        const { body } = await user.call(operation, fields);
        holds(operation, body.total_count === undefined, JSON.stringify(body).slice(0, 200));
        await allowed(`its owner: ${operation}`, owner.call(operation, fields));
      }
      await allowed("its owner reads its log", owner.call("DescribeClusterNodeLogs", { node_id }));
      for (const name of ["../metadata.json", "../../../../../../etc/passwd", "/etc/passwd", "node.json", "..%2fnode.json"]) {
        const answer = await owner.call("DescribeClusterNodeLogs", { node_id, name });
        holds(`its log by the name ${name}`, answer.status >= 400 || !answer.body.log, shown(answer).slice(0, 100));
      }
      await cease();
    },
  },
  {
    class: "runtimes",
    name: "go on running commands after the machine's token was revoked",
    has: "user whose credential had the token",
    holds: "no process starts without the token that the runtime's credential has at that moment",
    needs: "inside",
    long: true,
    run: async ({ people, cluster, jobEnded }, { holds, control }) => {
      const user = await people.user();
      const { clusterId, runtimeId: runtime_id, cease } = await cluster(user);
      control("with the token it deploys", true);
      const act = async (operation: "StopClusters" | "StartClusters") => {
        const { job_id } = await ok(user.call(operation, { cluster_id: [clusterId] }));
        return jobEnded(user, [job_id].flat()[0]);
      };
      await act("StopClusters");
      const { runtime_set = [] } = await ok(user.call("DescribeRuntimes", { runtime_id }));
      const { runtime_credential_id } = runtime_set[0];
      const content = JSON.stringify({ token: "revoked" });
      await ok(user.call("ModifyRuntimeCredential", { runtime_credential_id, runtime_credential_content: content }));
      const status = await act("StartClusters");
      holds("start it again", status === "failed", `the job is ${status}`);
      await cease();
    },
  },
  {
    class: "runtimes",
    name: "have a node's program read the platform's files and environments",
    has: "user whose application nobody but they review",
    holds: "as root, a node sees nothing of the platform or of other nodes",
    needs: "root",
    long: true,
    run: async ({ people, credential, runtime, released, jobEnded, inside }, { holds, control }) => {
      const developer = await people.developer();
      const { directory = "" } = inside().processes ?? {};
      const spying = `
if (process.argv[2] === "end") process.exit(0);
const fs = require("node:fs");
const found = [];
const tried = (what, read) => { try { const text = String(read()); if (text !== "") found.push(what); } catch {} };
for (const file of ["secrets.json", "logs/account.log", "embedded/kafka/administrator.json", "embedded/kafka/node-1/server.properties"])
  tried(file, () => fs.readFileSync(${JSON.stringify(directory)} + "/" + file));
tried("the state directory", () => fs.readdirSync(${JSON.stringify(directory)}));
for (const pid of fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && name !== String(process.pid)))
  tried("environment of " + pid, () => { const text = fs.readFileSync("/proc/" + pid + "/environ", "latin1"); return text.includes("PITRIX_SEALING_KEYS") ? "keys" : ""; });
const own = ["PITRIX_ADDRESS", "PITRIX_DATA", "PITRIX_METADATA", "PITRIX_NODE_ID", "PITRIX_RUN"];
tried("settings", () => Object.keys(process.env).filter((name) => /^(PITRIX|KAFKA|MONGODB)/.test(name) && !own.includes(name)).join(" "));
console.log("spied: " + (found.join(", ") || "nothing"));
setTimeout(() => {}, 900_000);
`;
      const { appId: app_id, versionId: version_id } = await released(developer, { "shop/program.cjs": spying });
      const runtime_id = await runtime(developer, await credential(developer));
      const { cluster_id, job_id } = await ok(developer.call("CreateCluster", { app_id, version_id, runtime_id, conf: confOf() }));
      await jobEnded(developer, job_id);
      const { cluster_node_set = [] } = await ok(developer.call("DescribeClusterNodes", { cluster_id }));
      const { node_id } = cluster_node_set[0];
      const log = await eventually("the program has looked around", async () => {
        const said = (await ok(developer.call("DescribeClusterNodeLogs", { node_id }))).log;
        return said?.includes("spied: ") && String(said);
      });
      const [, spied = ""] = /spied: (.*)/.exec(log) ?? [];
      holds("files and environments", spied === "nothing", spied);
      control("the program has looked around", log.includes("spied: "));
      const ceased = await ok(developer.call("CeaseClusters", { cluster_id: [cluster_id], force: true }));
      await jobEnded(developer, [ceased.job_id].flat()[0]);
    },
  },
  {
    class: "runtimes",
    name: "break the provider for others by a NUL in a value",
    has: "user with a cluster",
    holds: "a value that no environment can hold is 400, and other clusters deploy",
    needs: "inside",
    long: true,
    run: async ({ people, inStore, cluster, credential, runtime }, { refused, control }) => {
      const [user, other] = [await people.user(), await people.otherUser()];
      const { appId: app_id, versionId: version_id } = await inStore();
      const runtime_id = await runtime(user, await credential(user));
      for (const secret of ["a\0b", "a\u0000", "\ud800"]) {
        const conf = JSON.stringify({ cluster: { subnet: "any" }, env: { secret } });
        await refused(
          `CreateCluster with ${JSON.stringify(secret)}`,
          user.call("CreateCluster", { app_id, version_id, runtime_id, conf }),
          "400",
        );
      }
      const { clusterId, cease } = await cluster(other);
      await refused(
        "UpdateClusterEnv",
        other.call("UpdateClusterEnv", { cluster_id: clusterId, env: JSON.stringify({ env: { secret: "\0" } }) }),
        "400",
      );
      control("another user's cluster deploys", true);
      await cease();
    },
  },
];
