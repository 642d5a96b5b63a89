import type { HttpRow } from "../../chassis/http/rows.ts";
import { type AppOutside, bytesOf } from "../packages.ts";
import { command, query } from "./rows.ts";

/** The categories of the catalogue. */
export const categoryRows: readonly HttpRow<AppOutside>[] = [
  command("CreateCategory", {
    issues: ["CreateCategory", "UploadAttachment"],
    prepareIf: "icon",
    prepare: async ({ icon }, { edge }) => (icon ? edge.putBlob(bytesOf(icon)) : undefined),
    command: ({ name, locale, description = "" }, { newId, actor, prepared: digest }) => {
      const owned = { owner: actor.userId, ownerPath: actor.ownerPath };
      const icon = digest ? newId("att") : "";
      return [
        { type: "CreateCategory", categoryId: newId("ctg"), name, locale, description, icon, ...owned },
        ...(digest ? [{ type: "UploadAttachment" as const, attachmentId: icon, filename: "raw", digest, ...owned }] : []),
      ];
    },
    answer: ([first]) => (first.type === "CreateCategory" ? { category_id: first.categoryId } : {}),
  }),
  command("ModifyCategory", {
    issues: ["ModifyCategory", "UploadAttachment"],
    needs: ({ category_id }) => ({ category: ["categories", category_id] }),
    prepareIf: "icon",
    prepare: async ({ icon }, { edge }) => (icon ? edge.putBlob(bytesOf(icon)) : undefined),
    command: ({ category_id, name, locale, description }, { newId, actor, prepared: digest }) => {
      const icon = digest ? newId("att") : undefined;
      return [
        { type: "ModifyCategory", categoryId: category_id, name, locale, description, icon },
        ...(digest && icon
          ? [
              {
                type: "UploadAttachment" as const,
                attachmentId: icon,
                filename: "raw",
                digest,
                owner: actor.userId,
                ownerPath: actor.ownerPath,
              },
            ]
          : []),
      ];
    },
    answer: (_commands, _context, { category_id }) => ({ category_id }),
  }),
  command("DeleteCategories", {
    issues: "DeleteCategory",
    each: "category_id",
    needs: (_, id) => ({ category: ["categories", id] }),
    prepare: async ({ force = false }, { ids, item }) => {
      const [used] = force ? [] : await ids("apps", [inCategory(item), notDeleted], 1);
      if (used === undefined) return undefined;
      return {
        rejected: `category [${item}] still holds applications`,
        kind: "precondition",
        error: "delete_resources_failed",
      };
    },
    command: (_, { item }) => ({ type: "DeleteCategory", categoryId: item }),
    answer: (_commands, _context, { category_id }) => ({ category_id }),
  }),
  query("DescribeCategories", {
    from: "categories",
    filters: ["category_id", "name", "owner"],
    search: ["category_id", "name", "description", "locale"],
    rule: "everybody",
  }),
];

const inCategory = (categoryId: string) => ({ field: "category_ids", in: [categoryId] });
const notDeleted = { field: "status", in: ["draft", "active", "suspended"] };
