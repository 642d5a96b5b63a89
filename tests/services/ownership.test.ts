import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cluster } from "../../services/cluster/service.ts";
import { runtime } from "../../services/runtime/service.ts";
import { eventually } from "../eventually.ts";
import { servedWithAccounts } from "../world/accounts.ts";
import { announced } from "../world/announcements.ts";
import { type Caller, ok } from "../world/requests.ts";
import { requestCluster } from "../world/toys/clusters.ts";

describe("whose rows are, when people and groups move", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  let [system, head, developer, otherHead]: Caller[] = [];
  /** The group of a vendor, a team below it, and another vendor. */
  let [vendor, team, other, developerId]: string[] = [];

  const as = (caller: Caller | undefined): Caller => caller ?? assert.fail("the world has not begun");
  const userOf = async (caller: Caller): Promise<string> =>
    JSON.parse(Buffer.from(caller.authorization?.split(".")[1] ?? "", "base64url").toString()).sub;
  const groupOf = async (userId: string): Promise<string> =>
    (await ok(as(system).call("DescribeUsersDetail", { user_id: userId }))).user_detail_set[0].group_set[0].group_id;
  before(async () => {
    world = await servedWithAccounts([runtime, cluster]);
    await world.put("providers", "local", announced("local"));
    system = await world.as("system");
    [head, otherHead] = await Promise.all([world.user("isv"), world.user("isv")]);
    developer = await world.user("developer", head);
    developerId = await userOf(developer);
    [vendor, other] = await Promise.all([groupOf(await userOf(head)), groupOf(await userOf(otherHead))]);
    team = (await ok(head.call("CreateGroup", { name: "team", parent_group_id: vendor }))).group_id;
    await ok(head.call("JoinGroup", { group_id: [team], user_id: [developerId] }));
    await known((user) => user?.groupIds.includes(team));
  });
  after(() => world?.stop());

  type Access = { readonly groupIds: readonly unknown[]; readonly parentGroupId: string };
  /** Waits until every service knows something about the developer, or another. */
  const known = (is: (access: Access | undefined) => boolean | undefined, id = `user/${developerId}`) =>
    eventually("all services know it", async () => {
      const all = await Promise.all(["account", "runtime", "cluster"].map((service) => world.documents(service, "access")));
      return all.every((documents) => is(documents.find((each) => each.id === id)?.value as Access | undefined));
    });
  const credential = async (by: Caller): Promise<string> => {
    const made = { name: "c", provider: "local", runtime_credential_content: "token" };
    return (await ok(by.call("CreateRuntimeCredential", made))).runtime_credential_id;
  };
  const reaches = async (who: Caller | undefined, runtime_credential_id: string): Promise<boolean> => {
    const shown = await ok(as(who).call("DescribeRuntimeCredentials", { runtime_credential_id }));
    const { status } = await as(who).call("ModifyRuntimeCredential", { runtime_credential_id, description: "d" });
    assert.equal(status, shown.total_count === 1 ? 200 : 403);
    return status === 200;
  };

  test("who leaves a vendor leaves the rows there, finds them again on coming back, and keeps those of no group", async () => {
    const [dev, its] = [as(developer), await credential(as(developer))];
    assert.deepEqual([await reaches(dev, its), await reaches(head, its), await reaches(otherHead, its)], [true, true, false]);

    await ok(as(head).call("LeaveGroup", { group_id: [team], user_id: [developerId] }));
    await known((user) => !user?.groupIds.includes(team));
    assert.deepEqual([await reaches(dev, its), await reaches(head, its)], [false, true]);
    const later = await credential(dev);
    assert.equal(await reaches(dev, later), true, "the group that is left counts for what is made");

    await ok(as(system).call("LeaveGroup", { group_id: [vendor], user_id: [developerId] }));
    await known((user) => user?.groupIds.length === 0);
    assert.deepEqual([await reaches(dev, later), await reaches(head, later)], [false, true]);
    const lonely = await credential(dev);
    for (const group of [other, vendor, team]) {
      await ok(as(system).call("JoinGroup", { group_id: [group], user_id: [developerId] }));
      await known((user) => user?.groupIds.includes(group));
    }
    assert.deepEqual([await reaches(dev, its), await reaches(dev, later), await reaches(dev, lonely)], [true, true, true]);
    for (const mine of [its, later, lonely]) assert.equal(await reaches(otherHead, mine), false, "joining brings no rows along");
    assert.equal(await reaches(head, lonely), false);
  });

  test("a person counts as one of all their groups, and of none that they have left", async () => {
    const members = async (who: Caller | undefined, group_id: string | undefined): Promise<readonly string[]> => {
      const { group_detail_set: found = [] } = await ok(as(who).call("DescribeGroupsDetail", { group_id }));
      return (found[0]?.user_set ?? []).map(({ user_id }: { user_id: string }) => user_id);
    };
    const sees = async (who: Caller | undefined) => (await ok(as(who).call("DescribeUsers", { user_id: developerId }))).total_count === 1;
    assert.deepEqual([await sees(head), await sees(otherHead)], [true, true]);
    assert.ok((await members(head, team)).includes(String(developerId)));
    assert.ok((await members(otherHead, other)).includes(String(developerId)));
    await ok(as(system).call("LeaveGroup", { group_id: [other], user_id: [developerId] }));
    await known((user) => !user?.groupIds.includes(other));
    await eventually("the other vendor sees nothing of them", async () => !(await sees(otherHead)));
    assert.ok(!(await members(otherHead, other)).includes(String(developerId)));
    assert.ok((await members(head, team)).includes(String(developerId)));
  });

  test("what belongs to a cluster is its owner's, whoever asked for it", async () => {
    const userId = String(developerId);
    const owner = { owner: userId, ownerPath: `:${vendor}:${team}:${userId}` };
    await world.send("cluster", { ...requestCluster(owner), clusterId: "cl-theirs", jobId: "j-made" });
    const deployed = { clusterId: "cl-theirs", jobId: "j-made" };
    await world.send("cluster", { type: "DeployCluster", ...deployed });
    await world.send("cluster", { type: "CompleteClusterAction", ...deployed, addresses: [], provider: "local" });
    const [job_id, actor] = ["j-stopped", await userOf(as(head))];
    await world.send(
      "cluster",
      { type: "StopCluster", clusterId: "cl-theirs", jobId: job_id },
      { userId: actor, ownerPath: `:${vendor}:${actor}` },
    );
    const job = (await ok(as(developer).call("DescribeJobs", { job_id }))).job_set[0];
    assert.deepEqual([job.owner, job.owner_path, job.actor], [userId, owner.ownerPath, actor]);
    assert.ok(!("owner_group" in job));
    const nodes = (await ok(as(developer).call("DescribeClusterNodes", { cluster_id: "cl-theirs" }))).cluster_node_set;
    assert.ok(nodes.length > 0 && nodes.every((node: { owner: string }) => node.owner === userId));
    assert.equal((await ok(as(otherHead).call("DescribeJobs", { job_id }))).total_count, undefined);
  });

  test("a group that moves takes its rows and those below along, and a deleted one leaves them to the groups above", async () => {
    const squad = (await ok(as(head).call("CreateGroup", { name: "squad", parent_group_id: team }))).group_id;
    await known((group) => group !== undefined, `group/${squad}`);
    await ok(as(system).call("JoinGroup", { group_id: [squad], user_id: [developerId] }));
    await known((user) => user?.groupIds.includes(squad));
    const its = await credential(as(developer));
    assert.deepEqual([await reaches(head, its), await reaches(otherHead, its)], [true, false]);

    await ok(as(system).call("ModifyGroup", { group_id: team, parent_group_id: other }));
    await known((group) => group?.parentGroupId === other, `group/${team}`);
    const seen = async () => [await reaches(developer, its), await reaches(head, its), await reaches(otherHead, its)];
    await eventually("the move is known", async () => (await seen()).join() === "true,false,true");

    await ok(as(system).call("LeaveGroup", { group_id: [squad], user_id: [developerId] }));
    await known((user) => !user?.groupIds.includes(squad));
    await ok(as(system).call("DeleteGroups", { group_id: [squad] }));
    await eventually("only the vendor is left", async () => (await seen()).join() === "false,false,true");
  });
});
