import { EventEmitter, on as events } from "node:events";
import type { Decider } from "../../../events/decider.ts";
import type { CategoryEvent } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../../services/chassis/access/ownership.ts";
import type { Projection } from "../../../services/chassis/events.ts";
import { rows } from "../../../services/chassis/http/rows.ts";
import type { Service } from "../../../services/chassis/service.ts";

type Command =
  | {
      readonly type: "CreateCategory";
      readonly categoryId: string;
      readonly name: string;
      readonly locale: string;
      readonly description: string;
      readonly icon: string;
      readonly owner: string;
      readonly ownerPath: string;
    }
  | { readonly type: "RenameCategory"; readonly categoryId: string; readonly name: string }
  | { readonly type: "DeleteCategory"; readonly categoryId: string };
type State = { readonly status: "absent" | "there" | "gone"; readonly name: string };

const category: Decider<Command, CategoryEvent, State> = {
  key: "categoryId",
  initialState: { status: "absent", name: "" },
  decide: {
    CreateCategory: ({ type: _, ...fields }, { status }) => (status === "absent" ? [{ type: "CategoryCreated", ...fields }] : []),
    RenameCategory: ({ categoryId, name }, state) => {
      if (name === "crash") throw new Error("the inside of the service");
      if (name === state.name) return [];
      if (name.startsWith("bad")) return { rejected: `a category is not called ${name}` };
      return [{ type: "CategoryModified", categoryId, name, locale: "", description: "", icon: "" }];
    },
    DeleteCategory: ({ categoryId }, { name, status }) => {
      if (status === "gone") return [];
      return name.startsWith("kept")
        ? { rejected: `${categoryId} is kept`, error: "category_in_use" }
        : [{ type: "CategoryDeleted", categoryId }];
    },
  },
  evolve: {
    CategoryCreated: (_, { name }) => ({ status: "there", name }),
    CategoryModified: (state, { name }) => ({ ...state, name }),
    CategoryDeleted: (state) => ({ ...state, status: "gone" }),
  },
  claims: ({ status, name }) => (status === "there" ? [`category ${name}`] : []),
  taken: () => ({ rejected: "there is one of this name", kind: "denied", error: "category_exists" }),
};

type Category = Owned & {
  readonly category_id: string;
  readonly name: string;
  readonly description: string;
  readonly icon: string;
  readonly status: string;
  readonly create_time: string;
};
const categories: Projection<Category> = {
  name: "categories",
  version: 1,
  initialState: { category_id: "", name: "", description: "", icon: "", status: "", ...unowned, create_time: "" },
  indexes: ["category_id", "name", "status"],
  evolve: {
    CategoryCreated: (_, { categoryId, name, description, icon, owner, ownerPath }, { time }) => ({
      ...{ category_id: categoryId, name, description, icon, status: "active" },
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
    }),
    CategoryModified: (document, { name }) => ({ ...document, name }),
    CategoryDeleted: (document) => ({ ...document, status: "deleted" }),
  },
};

let finish = (): void => {};
let begun = (): void => {};
const slowly = (): Promise<boolean> =>
  new Promise((resolve) => {
    finish = () => resolve(true);
    begun();
  });
/** A request that takes until it is let go: `began` resolves once it is under way. */
export const slowRequest = () => {
  const began = new Promise<void>((resolve) => {
    begun = resolve;
  });
  return { began, finish: () => finish() };
};

/** Lines that the row with a stream sends on, and how many callers it has. */
export const lines = new EventEmitter<{ line: [string]; error: [Error] }>();
async function* sentOn(signal: AbortSignal) {
  for await (const [log] of events(lines, "line", { signal })) yield { log };
}

const on = rows<Command, { categories: Category }>();

/** Where the description of a category is sealed. */
export const descriptionOf = (categoryId: string) => ({ stream: `category/${categoryId}`, field: "description" });

const http = [
  on.command("CreateCategory", {
    issues: "CreateCategory",
    prepare: async ({ name, description }, { edge, newId }) =>
      name === "early"
        ? { rejected: "refused before any command", kind: "invalid", error: "too_early" }
        : { secret: edge.randomToken(12), sealed: description ? await edge.seal(description, descriptionOf(newId("ctg"))) : "" },
    command: ({ name, locale }, { actor, newId, prepared }) => {
      if (name === "forbidden") return { rejected: "refused by the command", kind: "invalid" };
      // With the locale "ids" the name is a JSON list of ids that the client chooses.
      const ids: readonly string[] = locale === "ids" ? JSON.parse(name) : [newId("ctg")];
      return ids.map((categoryId) => ({
        ...{ type: "CreateCategory", categoryId, name: locale === "ids" ? categoryId : name, locale },
        ...{ description: prepared.sealed, icon: "", owner: actor.userId, ownerPath: actor.ownerPath },
      }));
    },
    answer: ([{ categoryId }], { prepared }) => {
      const answer = { category_id: categoryId, secret: prepared.secret };
      return answer;
    },
  }),
  on.command("ModifyCategory", {
    issues: "RenameCategory",
    needs: ({ category_id }) => ({ category: ["categories", category_id] }),
    prepareIf: "icon",
    prepare: async ({ icon }) => icon,
    command: ({ name = "" }, { needs, actionId }) => {
      actionId();
      return { type: "RenameCategory", categoryId: needs.category.category_id, name };
    },
    answer: ([{ categoryId }]) => ({ category_id: categoryId }),
  }),
  on.command("DeleteCategories", {
    issues: "DeleteCategory",
    each: "category_id",
    needs: (_, item) => ({ category: ["categories", item] }),
    command: (_, { item }) => ({ type: "DeleteCategory", categoryId: item }),
    answer: (commands) => ({ category_id: commands.map(({ categoryId }) => categoryId) }),
  }),
  on.query("DescribeCategories", {
    from: "categories",
    filters: ["category_id", "name", "owner"],
    search: ["category_id", "name"],
    present: ({ description: _, ...shown }) => shown,
  }),
  on.answer("ValidatePackage", async ({ version_package }) => ({ name: String(version_package.length) })),
  on.bytes("GetAttachmentFile", async ({ attachment_id, filename }) =>
    attachment_id === "none"
      ? { rejected: "no such file", kind: "notFound" }
      : {
          bytes: new Uint8Array(attachment_id === "large" ? 16 * 1024 * 1024 + 1 : 8).fill(65),
          ...{ type: attachment_id.replace("--", "/"), filename, etag: "sha256:1" },
        },
  ),
  on.stream("DescribeClusterNodeLogs", async ({ node_id }, { signal }) =>
    node_id === "none" ? { rejected: "no such node", kind: "notFound" } : sentOn(signal),
  ),
  on.answer("GetAppStatistics", async (_, { all }) => ({ app_count: (await all("categories", [])).length })),
  on.answer("GetAppVersionPackage", async ({ version_id }, { all }) => ({
    version_id,
    app_id: `${(await all("categories", [])).length} files`,
  })),
  on.answer("ValidateUserPassword", async ({ email }) => ({ validated: email === "slow" ? await slowly() : true })),
  on.answer("Token", async ({ username, password }, { ids, edge }) => {
    if (username === "nobody") return { rejected: "nobody is not known", kind: "notFound" };
    if (password === "crash") throw new Error("the inside of the service");
    return {
      token_type: edge.header("authorization") ?? "none",
      expires_in: (await ids("categories", [], 100)).length,
    };
  }),
];

/** A service as small as one can be, with a row of every kind. */
export const example: Service = {
  name: "example",
  aggregates: { category: { decider: category } },
  projections: [categories],
  http,
};
