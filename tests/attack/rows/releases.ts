import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";
import { confOf, type Person, type Scene } from "../scene.ts";

/** Serves an index of one package at the attacker's server, and gives the repository's URL. */
const repositoryWith = async ({ inside, packageOf, fresh }: Scene, version = "1.0.0"): Promise<string> => {
  const { server } = inside();
  const bytes = Buffer.from(await packageOf(version), "base64");
  const folder = `/${fresh()}`;
  const entry = {
    ...{ name: "shop", version, description: "", urls: ["shop.tgz"], created: "2026-01-01T00:00:00Z" },
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
  };
  server.answer(`${folder}/index.yaml`, stringify({ api_version: "v1", generated: entry.created, entries: { shop: [entry] } }));
  server.answer(`${folder}/shop.tgz`, bytes);
  return `${server.url}${folder}`;
};
const register = async (by: Pick<Person, "call">, url: string, more: object = {}): Promise<string> => {
  const fields = {
    type: "http",
    name: `repo ${url.slice(-6)}`,
    url,
    credential: "{}",
    visibility: "public",
    providers: ["local"],
    ...more,
  };
  const { repo_id } = await ok(by.call("CreateRepo", fields));
  await indexed(by, repo_id);
  return repo_id;
};
/** Waits until the newest run over a repository has ended. */
const indexed = async ({ call }: Pick<Person, "call">, repo_id: string): Promise<void> => {
  const { status, result } = await eventually(`the indexing of ${repo_id}`, async () => {
    const { repo_event_set = [] } = await ok(call("DescribeRepoEvents", { repo_id }));
    const pending = repo_event_set.some((event: { readonly status: string }) => event.status === "pending");
    return repo_event_set.length > 0 && !pending && repo_event_set[0];
  });
  if (status !== "successful") throw new Error(`indexing failed: ${result}`);
};

/** Reviews, the store, and content that is fixed. */
export const releases: readonly Attack[] = [
  {
    class: "releases",
    name: "review, pass or reject another vendor's version",
    has: "isv",
    holds: "reviews reach the versions that one's level covers",
    run: async ({ people, application }, { refused, allowed }) => {
      const developer = await people.developer();
      const { versionId: version_id } = await application(developer);
      await ok(developer.call("SubmitAppVersion", { version_id }));
      const { call } = await people.otherVendor();
      await refused("IsvReviewAppVersion", call("IsvReviewAppVersion", { version_id }), "403");
      await refused("IsvPassAppVersion", call("IsvPassAppVersion", { version_id }), "403");
      await refused("IsvRejectAppVersion", call("IsvRejectAppVersion", { version_id, message: "no" }), "403");
      await refused("AdminPassAppVersion", developer.call("AdminPassAppVersion", { version_id }), "403 permission_denied");
      await refused("its developer reviews it", developer.call("IsvReviewAppVersion", { version_id }), "403 permission_denied");
      const vendor = await people.vendor();
      await allowed("its vendor reviews it", vendor.call("IsvReviewAppVersion", { version_id }));
      await allowed("and passes it", vendor.call("IsvPassAppVersion", { version_id }));
    },
  },
  {
    class: "releases",
    name: "release with phases only started, or pass the last phase first",
    has: "developer and a reviewer who helps",
    holds: "a release needs all phases passed, the technical one the two others",
    run: async ({ people, application }, { refused, allowed }) => {
      const [developer, vendor, admin] = [await people.developer(), await people.vendor(), await people.admin()];
      const { versionId: version_id } = await application(developer);
      const release = () => developer.call("ReleaseAppVersion", { version_id });
      await refused("release a draft", release(), "400");
      await ok(developer.call("SubmitAppVersion", { version_id }));
      await refused("release what is submitted", release(), "400");
      await ok(vendor.call("IsvReviewAppVersion", { version_id }));
      await ok(admin.call("BusinessReviewAppVersion", { version_id }));
      await ok(admin.call("TechnicalReviewAppVersion", { version_id }));
      await refused("release with phases started", release(), "400");
      await refused("pass the technical phase alone", admin.call("TechnicalPassAppVersion", { version_id }), "400");
      await ok(vendor.call("IsvPassAppVersion", { version_id }));
      await ok(admin.call("BusinessPassAppVersion", { version_id }));
      await allowed("pass it after the others", admin.call("TechnicalPassAppVersion", { version_id }));
      await allowed("release it", release());
    },
  },
  {
    class: "releases",
    name: "replace a package after its release, so that others run it unreviewed",
    has: "developer",
    holds: "content is fixed at submit: the store keeps what was reviewed",
    run: async ({ people, released, packageOf }, { allowed, holds, control }) => {
      const [developer, user] = [await people.developer(), await people.user()];
      const { versionId: version_id } = await released(developer);
      const seenBy = async ({ call }: Person): Promise<string> => (await ok(call("GetAppVersionPackage", { version_id }))).package;
      const reviewed = await seenBy(user);
      await allowed("modify the active version", developer.call("ModifyAppVersion", { version_id, package: await packageOf("6.6.6") }));
      control("its owner has the new package", (await seenBy(developer)) !== reviewed);
      holds("others have the reviewed one", (await seenBy(user)) === reviewed);
      const admin = await people.admin();
      await ok(admin.call("SuspendAppVersion", { version_id }));
      await ok(admin.call("RecoverAppVersion", { version_id }));
      await eventually("it is back", async () => (await user.call("GetAppVersionPackage", { version_id })).status === 200);
      holds("also after it was recovered", (await seenBy(user)) === reviewed);
    },
  },
  {
    class: "releases",
    name: "name another vendor, or a foreign attachment as icon",
    has: "developer",
    holds: "an application's vendor is its owner's; a file is shown by the application that uploaded it",
    run: async ({ people, packageOf, application }, { holds, refused, allowed }) => {
      const [developer, otherVendor, vendor] = [await people.otherDeveloper(), await people.vendor(), await people.otherVendor()];
      const fields = { name: "borrowed", version_type: "vmbased", version_package: await packageOf("1.0.0"), isv: otherVendor.userId };
      const { app_id } = await allowed("create it", developer.call("CreateApp", fields));
      const { app_set = [] } = await ok(developer.call("DescribeApps", { app_id }));
      holds("it is its own vendor's", app_set[0]?.isv !== otherVendor.userId, JSON.stringify(app_set[0]?.isv));
      const owner = await people.developer();
      const theirs = await application(owner);
      const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64");
      await ok(owner.call("UploadAppAttachment", { app_id: theirs.appId, attachment_content: png }));
      const { app_set: uploaded = [] } = await ok(owner.call("DescribeApps", { app_id: theirs.appId }));
      const icon = String(uploaded[0]?.icon);
      const described = { name: "shop", version: "1.0.0", icon, maintainers: [], keywords: [] };
      await application(developer, { "shop/package.json": JSON.stringify(described) });
      await refused("read it by one's own application", developer.call("GetAttachment", { attachment_id: icon }), "404");
      await allowed("its owner reads it", owner.call("GetAttachment", { attachment_id: icon }));
      holds("the vendor of the forger is the forger's", vendor.userId !== otherVendor.userId);
    },
  },
  {
    class: "releases",
    name: "put versions into everybody's store without a review, by a repository",
    has: "developer",
    holds: "only somebody whose data level is all makes a repository's versions active",
    needs: "inside",
    run: async (scene, { refused, allowed, holds }) => {
      const { people } = scene;
      const [developer, admin, user] = [await people.developer(), await people.admin(), await people.user()];
      const url = await repositoryWith(scene);
      const fields = { type: "http", name: "active", url, credential: "{}", visibility: "private", providers: ["local"] };
      await refused("create one", developer.call("CreateRepo", { ...fields, app_default_status: "active" }), "403 permission_denied");
      const repo_id = await register(developer, url, { visibility: "private" });
      await refused("make it so", developer.call("ModifyRepo", { repo_id, app_default_status: "active" }), "403 permission_denied");
      const { app_set = [] } = await ok(user.call("DescribeActiveApps", { repo_id }));
      holds("the store shows nothing of it", app_set.length === 0);
      await allowed("an administrator may", admin.call("ModifyRepo", { repo_id, app_default_status: "active" }));
    },
  },
  {
    class: "releases",
    name: "undo a suspension by indexing again",
    has: "developer with a repository",
    holds: "what an administrator suspended, no indexing makes active",
    needs: "inside",
    run: async (scene, { holds, control, refused, allowed }) => {
      const { people } = scene;
      const [admin, user] = [await people.admin(), await people.user()];
      const url = await repositoryWith(scene);
      const repo_id = await register(admin, url, { app_default_status: "active" });
      const { app_set = [] } = await ok(admin.call("DescribeApps", { repo_id }));
      const { app_version_set = [] } = await ok(admin.call("DescribeAppVersions", { app_id: app_set[0]?.app_id }));
      const version_id = String(app_version_set[0]?.version_id);
      const read = () => user.call("GetAppVersionPackage", { version_id });
      await eventually("the store has it", async () => (await read()).status === 200);
      control("the store has it", true);
      await ok(admin.call("SuspendAppVersion", { version_id }));
      await allowed("index it again", admin.call("IndexRepo", { repo_id }));
      await indexed(admin, repo_id);
      await refused("read what is suspended", read(), "404");
      const { app_version_set: after = [] } = await ok(admin.call("DescribeAppVersions", { version_id }));
      holds("it is suspended still", after[0]?.status === "suspended", String(after[0]?.status));
    },
  },
  {
    class: "releases",
    name: "have a repository indexed without its token, or find out by it which repositories exist",
    has: "no token, or one that was replaced",
    holds: "a wrong token and a repository that does not exist get the same answer",
    run: async ({ people, stranger, fresh }, { refused, allowed, holds }) => {
      const developer = await people.developer();
      const unreachable = {
        type: "https",
        url: `https://${fresh()}.invalid/`,
        credential: "{}",
        visibility: "private",
        providers: ["local"],
      };
      const { repo_id } = await ok(developer.call("CreateRepo", { ...unreachable, name: "pushed" }));
      const token = async () => String((await ok(developer.call("CreateRepoSyncToken", { repo_id }))).sync_token);
      const [old, now] = [await token(), await token()];
      const push = (id: string, by: string) => stranger.call("SyncRepo", { repo_id: id, token: by });
      const replaced = await refused("push with a token that was replaced", push(repo_id, old), "401 auth_failure");
      const nowhere = await refused("push to a repository that does not exist", push(fresh(), now), "401 auth_failure");
      await refused("push to the platform's own", push("repo-helm", now), "401 auth_failure");
      holds("both answers are the same", replaced.body.error === nowhere.body.error, String(nowhere.body.error));
      const vendor = await people.otherVendor();
      await refused("make a token for it", vendor.call("CreateRepoSyncToken", { repo_id }), "403");
      await allowed("push with the token", push(repo_id, now));
    },
  },
  {
    class: "releases",
    name: "deploy, or upgrade to, a foreign draft or a suspended version",
    has: "user with a runtime",
    holds: "clusters are made of the store's versions and of one's own",
    needs: "inside",
    run: async ({ people, draft, released, inStore, credential, runtime, jobEnded }, { refused, allowed }) => {
      const [user, admin, developer] = [await people.user(), await people.admin(), await people.developer()];
      const runtime_id = await runtime(user, await credential(user));
      const foreign = await draft();
      const suspended = await released(developer);
      await ok(admin.call("SuspendAppVersion", { version_id: suspended.versionId }));
      await eventually(
        "it is out of the store",
        async () => (await user.call("GetAppVersionPackage", { version_id: suspended.versionId })).status === 404,
      );
      const conf = confOf();
      const create = ({ appId, versionId }: typeof foreign) =>
        user.call("CreateCluster", { app_id: appId, version_id: versionId, runtime_id, conf });
      for (const [what, version] of [
        ["a draft", foreign],
        ["what is suspended", suspended],
      ] as const)
        await refused(`CreateCluster of ${what}`, create(version), "403");
      const { cluster_id, job_id } = await allowed("CreateCluster of the store", create(await inStore()));
      await jobEnded(user, job_id);
      for (const [what, { versionId }] of [
        ["a draft", foreign],
        ["what is suspended", suspended],
      ] as const)
        await refused(`UpgradeCluster to ${what}`, user.call("UpgradeCluster", { cluster_id, version_id: versionId }), "403");
      const cease = await ok(user.call("CeaseClusters", { cluster_id: [cluster_id], force: true }));
      await jobEnded(user, [cease.job_id].flat()[0]);
    },
  },
];
