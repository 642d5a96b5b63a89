import { holesEverywhere } from "../../access/expectation.ts";
import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";

const DENIED = "403 error_resource_access_denied";

/** Rows of others: writing, reading, choosing their ids, and waiting for them. */
export const ownership: readonly Attack[] = [
  {
    class: "ownership",
    name: "go on modifying a vendor's applications after having left it",
    has: "developer who left the vendor",
    holds: "what belongs to a group is out of reach for who is in it no more",
    hole: holesEverywhere.includes("left"),
    run: async ({ people, member, application }, { allowed, refused, holds }) => {
      const vendor = await people.vendor();
      const leaver = await member(vendor, "developer");
      const { appId } = await application(leaver);
      const modify = (description: string) => leaver.call("ModifyApp", { app_id: appId, description });
      await allowed("as a member", modify("mine"));
      const { group_set = [] } = await ok(vendor.call("DescribeGroups"));
      await ok(vendor.call("LeaveGroup", { group_id: [group_set[0]?.group_id], user_id: [leaver.userId] }));
      // Other services hear of it a moment later.
      await eventually("the app service knows", async () => (await modify("again")).status === 403, 5_000).catch(() => undefined);
      await refused("modify it", modify("stolen"), "403");
      const { app_set = [] } = await ok(leaver.call("DescribeApps", { app_id: appId }));
      holds("see it", app_set.length === 0);
    },
  },
  {
    class: "ownership",
    name: "modify, delete or add to an application of another vendor",
    has: "isv, developer",
    holds: "rows of other groups are 403",
    run: async ({ people, draft, packageOf }, { refused, allowed }) => {
      const { appId: app_id, versionId: version_id } = await draft();
      for (const { call } of [await people.otherVendor(), await people.otherDeveloper(), await people.user()]) {
        await refused("ModifyApp", call("ModifyApp", { app_id, name: "stolen" }), "403");
        await refused("DeleteApps", call("DeleteApps", { app_id: [app_id] }), "403");
        await refused("CreateAppVersion", call("CreateAppVersion", { app_id, type: "vmbased", package: await packageOf("6.6.6") }), "403");
        await refused("ModifyAppVersion", call("ModifyAppVersion", { version_id, package: await packageOf("6.6.6") }), "403");
        await refused("SubmitAppVersion", call("SubmitAppVersion", { version_id }), "403");
      }
      await allowed("its owner modifies it", (await people.developer()).call("ModifyApp", { app_id, description: "ours" }));
      await allowed("and the vendor", (await people.vendor()).call("ModifyApp", { app_id, description: "ours" }));
    },
  },
  {
    class: "ownership",
    name: "read a foreign draft: its package, files, icon, and in lists",
    has: "another vendor, user, the client for logins",
    holds: "drafts are hidden, or 404 like what does not exist",
    run: async ({ people, draft, bearer, tokensOf, target }, { refused, holds, allowed }) => {
      const { appId: app_id, versionId: version_id } = await draft();
      const owner = await people.developer();
      const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64");
      await ok(owner.call("UploadAppAttachment", { app_id, attachment_content: png }));
      const { app_set = [] } = await ok(owner.call("DescribeApps", { app_id }));
      const attachment_id = String(app_set[0]?.icon);
      const store = bearer((await tokensOf(target.loginClient, { grant_type: "client_credentials" })).access_token);
      for (const { call } of [await people.otherVendor(), await people.user(), store]) {
        await refused("GetAppVersionPackage", call("GetAppVersionPackage", { version_id }), "404", "403 permission_denied");
        await refused("GetAppVersionPackageFiles", call("GetAppVersionPackageFiles", { version_id }), "404", "403 permission_denied");
        await refused("GetAttachment", call("GetAttachment", { attachment_id }), "404", "403 permission_denied");
        for (const operation of ["DescribeApps", "DescribeAppVersions", "DescribeActiveApps", "DescribeActiveAppVersions"] as const) {
          const answer = await call(operation, { app_id });
          holds(operation, answer.status === 403 || answer.body.total_count === undefined, shown(answer));
        }
      }
      await refused("the public path", (await people.user()).caller.get(`/attachments/${attachment_id}/raw`), "404");
      await allowed("its owner reads it", owner.call("GetAppVersionPackage", { version_id }));
      await allowed("and its icon", owner.call("GetAttachment", { attachment_id }));
    },
  },
  {
    class: "ownership",
    name: "learn the status of a foreign version by how it is refused",
    has: "user",
    holds: "a foreign version is refused in one way, whatever its status",
    needs: "inside",
    run: async ({ people, application, draft, credential, runtime }, { refused, holds, control }) => {
      const [user, developer] = [await people.otherUser(), await people.developer()];
      const submitted = await application(developer);
      await ok(developer.call("SubmitAppVersion", { version_id: submitted.versionId }));
      const runtime_id = await runtime(user, await credential(user));
      const said = [];
      for (const { appId: app_id, versionId: version_id } of [await draft(), submitted]) {
        const answer = await refused("CreateCluster", user.call("CreateCluster", { app_id, version_id, runtime_id, conf: "{}" }), DENIED);
        said.push(JSON.stringify(answer.body).replaceAll(version_id, ""));
      }
      holds("both refusals are the same", new Set(said).size === 1, said.join(" / ").slice(0, 200));
      const { app_version_set = [] } = await ok(developer.call("DescribeAppVersions", { version_id: submitted.versionId }));
      control("to its owner it is submitted", app_version_set[0]?.status === "submitted");
    },
  },
  {
    class: "ownership",
    name: "use Pitrix-Wait-For as an oracle for foreign streams",
    has: "user",
    holds: "a foreign stream answers like one that does not exist, and takes as long",
    run: async ({ people, draft, fresh }, { holds, control }) => {
      const { appId } = await draft();
      const wait = (by: typeof people.user, path: string, stream: string) =>
        by().then(({ caller }) => caller.get(path, { "pitrix-wait-for": `${stream}@1` }));
      // The service of the stream answers at once, another one after the whole time that a request may wait.
      for (const path of ["/v1/apps", "/v1/clusters"]) {
        const found = [];
        for (const stream of [`app/${appId}`, `app/app-${fresh()}`]) {
          const { status, headers, milliseconds } = await wait(people.user, path, stream);
          found.push({ status, pending: headers.get("pitrix-pending"), isSlow: milliseconds > 1_000 });
        }
        const [known, unknown] = found;
        holds(`both answer the same at ${path}`, JSON.stringify(known) === JSON.stringify(unknown), JSON.stringify(found));
      }
      const own = await wait(people.developer, "/v1/apps", `app/${appId}`);
      control("its owner has it at once", own.headers.get("pitrix-pending") === null && own.milliseconds < 1_500);
    },
  },
  {
    class: "ownership",
    name: "ask what somebody else's request caused",
    has: "user",
    holds: "a request of others is 403, also when one sends its id oneself",
    run: async ({ people, fresh }, { refused, allowed, holds }) => {
      const [owner, user] = [await people.developer(), await people.otherUser()];
      const id = `request-${fresh()}`;
      const named = { "x-request-id": id };
      await ok(
        owner.call("CreateRuntimeCredential", { provider: "local", name: "secretly", runtime_credential_content: '{"token":"x"}' }, named),
      );
      await eventually("its owner sees it", async () => (await owner.call("GetCommand", { id })).status === 200, 10_000);
      await refused("GetCommand", user.call("GetCommand", { id }), DENIED);
      await ok(
        user.call("CreateRuntimeCredential", { provider: "local", name: "mine", runtime_credential_content: '{"token":"x"}' }, named),
      );
      const { body } = await eventually("what is one's own", async () => {
        const answer = await user.call("GetCommand", { id });
        return answer.status === 200 && answer;
      });
      holds("under the same id one sees one's own only", body.event_count === 1, JSON.stringify(body).slice(0, 300));
      await allowed("its owner asks", owner.call("GetCommand", { id }));
    },
  },
  {
    class: "ownership",
    name: "choose an id that is somebody else's",
    has: "user",
    holds: "an explicit id that another has is 403, and nothing is changed",
    run: async ({ people, credential }, { refused, allowed, holds }) => {
      const [owner, user] = [await people.user(), await people.otherUser()];
      const theirs = await credential(owner, JSON.stringify({ token: "theirs" }));
      const fields = { provider: "local", name: "stolen", runtime_credential_content: JSON.stringify({ token: "mine" }) };
      await refused("CreateRuntimeCredential", user.call("CreateRuntimeCredential", { ...fields, runtime_credential_id: theirs }), "403");
      const { runtime_credential_set = [] } = await ok(owner.call("DescribeRuntimeCredentials", { runtime_credential_id: theirs }));
      holds("it is as it was", runtime_credential_set[0]?.name === "mine");
      await allowed("a free id", user.call("CreateRuntimeCredential", { ...fields, runtime_credential_id: `${theirs}-2` }));
      await refused("a stream's sign in an id", user.call("CreateRuntimeCredential", { ...fields, runtime_credential_id: "a/b@1" }), "400");
    },
  },
  {
    class: "ownership",
    name: "use another user's idempotency key",
    has: "user",
    holds: "a key belongs to its principal: nobody gets another's answer or takes their place",
    run: async ({ people, fresh }, { holds, allowed, refused }) => {
      const [owner, user] = [await people.user(), await people.otherUser()];
      const key = { "idempotency-key": `key-${fresh()}` };
      const create = (by: typeof owner, token: string) =>
        by.call("CreateRuntimeCredential", { provider: "local", name: "once", runtime_credential_content: JSON.stringify({ token }) }, key);
      const first = await allowed("its owner creates", create(owner, "one"));
      const second = (await create(user, "one")).body;
      holds(
        "the same request under the same key makes another thing",
        second.runtime_credential_id !== undefined && second.runtime_credential_id !== first.runtime_credential_id,
        JSON.stringify(second),
      );
      const again = await allowed("its owner repeats", create(owner, "one"));
      holds("and gets the first answer", again.runtime_credential_id === first.runtime_credential_id, JSON.stringify(again));
      await refused("guess what was sent", create(owner, "two"), "422");
    },
  },
  {
    class: "ownership",
    name: "name another owner, group or status in a body",
    has: "developer",
    holds: "fields that the contract has not are nobody's, and owners are who called",
    run: async ({ people, fresh }, { holds, control }) => {
      const [developer, admin] = [await people.developer(), await people.admin()];
      const fields = { provider: "local", name: `mine ${fresh()}`, runtime_credential_content: '{"token":"x"}' };
      const forged = {
        owner: admin.userId,
        owner_path: `:${admin.userId}`,
        owner_group: "",
        user_id: admin.userId,
        status: "deleted",
        __proto__: null,
      };
      const { status, body } = await developer.call("CreateRuntimeCredential", { ...fields, ...forged });
      const { runtime_credential_set = [] } =
        status === 200 ? await ok(developer.call("DescribeRuntimeCredentials", { runtime_credential_id: body.runtime_credential_id })) : {};
      const [found] = runtime_credential_set;
      holds(
        "the owner is who called",
        status >= 400 || (found?.owner === developer.userId && found?.status === "active"),
        JSON.stringify(found ?? body),
      );
      const polluting = `{"provider":"local","name":"x","runtime_credential_content":"{\\"token\\":\\"x\\"}","__proto__":{"owner":"${admin.userId}"},"constructor":{"prototype":{"level":"all"}}}`;
      const answer = await developer.caller.post("/v1/runtimes/credentials", polluting);
      holds("a prototype in a body changes nothing", answer.status === 200 || answer.status === 400, shown(answer));
      const after = await developer.call("DescribeRuntimeCredentials", {});
      control("the platform answers as before", after.status === 200);
    },
  },
];
