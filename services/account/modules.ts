import { type BuiltInRole, bundles, type DataLevel, type Portal } from "../chassis/access/permissions.ts";

/** What is granted of a module, and on whose rows; as `RoleModuleModified` carries it. */
export type RoleModule = { readonly moduleId: string; readonly dataLevel: string; readonly actionBundleIds: readonly string[] };

/** The module that every role has. */
export const defaultModule = "m0";

/** The modules with the names by which people tell their features and action bundles apart. */
export const modules: readonly { readonly id: string; readonly name: string; readonly features: readonly Feature[] }[] = [
  {
    id: defaultModule,
    name: "Basics",
    features: [
      feature("m0.f1", "Users", { a3: "View users", a4: "Change oneself" }),
      feature("m0.f2", "Roles", { a1: "View roles" }),
      feature("m0.f3", "Groups", { a1: "View groups" }),
      feature("m0.f4", "Attachments", { a1: "View attachments" }),
      feature("m0.f6", "Categories", { a1: "View categories" }),
      feature("m0.f7", "Jobs", { a1: "View jobs" }),
      feature("m0.f8", "Tasks", { a1: "View tasks" }),
      feature("m0.f9", "Applications", { a1: "View applications" }),
      feature("m0.f10", "Clusters", { a1: "View clusters" }),
      feature("m0.f11", "Runtimes", { a1: "View runtimes" }),
      feature("m0.f12", "Credentials", { a1: "View the credentials of runtimes" }),
      feature("m0.f14", "Repositories", { a1: "View repositories", a2: "View their indexing" }),
    ],
  },
  {
    id: "m1",
    name: "Applications",
    features: [
      feature("m1.f1", "Applications", {
        a1: "View statistics",
        ...{ a2: "Create", a3: "Change", a4: "Delete", a5: "Release", a6: "Suspend", a7: "Recover" },
      }),
      feature(
        "m1.f2",
        "Reviews",
        { a1: "Submit", a2: "Withdraw" },
        { isv_review: "Vendor's review", business_review: "Business review", technical_review: "Technical review" },
      ),
      feature("m1.f3", "Categories", { a2: "Create", a3: "Change", a4: "Delete" }),
    ],
  },
  {
    id: "m2",
    name: "Key pairs",
    features: [feature("m2.f1", "Key pairs", { a1: "Create", a2: "View", a3: "Delete", a4: "Attach", a5: "Detach" })],
  },
  {
    id: "m3",
    name: "Clusters",
    features: [
      feature("m3.f1", "Clusters", {
        ...{ a1: "Create", a2: "Change", a3: "Delete", a4: "Upgrade", a5: "Roll back", a6: "Resize", a7: "Add and delete nodes" },
        ...{ a8: "Change the environment", a9: "View statistics", a10: "Stop", a11: "Start", a12: "Cease", a13: "Recover" },
      }),
    ],
  },
  {
    id: "m4",
    name: "Accounts",
    features: [
      feature("m4.f1", "Users", { a1: "Create", a2: "Create as a vendor", a5: "Give and take roles", a6: "Delete" }),
      feature("m4.f2", "Roles", { a2: "Delete", a3: "Create", a4: "Change", a5: "Set what they may do" }),
      feature("m4.f3", "Groups", { a1: "Create", a3: "Change", a4: "Delete", a5: "Put users in", a6: "Take users out" }),
    ],
  },
  {
    id: "m6",
    name: "Runtimes",
    features: [
      feature("m6.f1", "Runtimes", { a1: "Create", a2: "View statistics", a3: "Change", a4: "Delete" }),
      feature("m6.f2", "Credentials", { a1: "Create", a3: "Change", a4: "Delete" }),
    ],
  },
  { id: "m8", name: "Tasks", features: [feature("m8.f2", "Tasks", { a2: "Retry" })] },
];

export type Feature = { readonly id: string; readonly name: string; readonly bundles: readonly ActionBundle[] };
export type ActionBundle = { readonly id: string; readonly name: string };

/** Action bundles of a module that the roles of a portal may have. */
export const bundlesOf = (moduleId: string, portal: Portal): readonly string[] =>
  Object.entries(bundles).flatMap(([id, { module, portals }]) => (module === moduleId && portals.includes(portal) ? [id] : []));

/** What a role of the platform grants, in the form of a role that somebody made. */
export const modulesOf = ({ portal, modules: levels }: BuiltInRole): readonly RoleModule[] =>
  modules.flatMap(({ id }) => {
    const granted = levels[id];
    if (!granted) return [];
    const { level, only } = granted;
    return [{ moduleId: id, dataLevel: level, actionBundleIds: bundlesOf(id, portal).filter((bundle) => only?.includes(bundle) ?? true) }];
  });

/** The default module of a new role: whose rows it shows depends on where the role works. */
export const defaultGrant = (portal: Portal): RoleModule => ({
  moduleId: defaultModule,
  dataLevel: defaultLevels[portal],
  actionBundleIds: bundlesOf(defaultModule, portal),
});
const defaultLevels: { readonly [P in Portal]: DataLevel } = { global_admin: "all", isv: "group", user: "self" };

export const portalOf = (text: string): Portal | undefined => (["global_admin", "isv", "user"] as const).find((portal) => portal === text);

type Names = { readonly [id: string]: string };

/** `bundles` by the last part of their ids, `others` by the whole. */
function feature(id: string, name: string, own: Names, others: Names = {}): Feature {
  const whole = [...Object.entries(own).map(([last, text]) => [`${id}.${last}`, text] as const), ...Object.entries(others)];
  return { id, name, bundles: whole.map(([bundle, text]) => ({ id: bundle, name: text })) };
}
