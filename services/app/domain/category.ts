import type { Decider, Rejection } from "../../../events/index.ts";
import type { CategoryCreated, CategoryEvent } from "../../../schemas/generated/events.ts";

type Described = { readonly name: string; readonly locale: string; readonly description: string; readonly icon: string };
export type CategoryCommand =
  | (Omit<CategoryCreated, "type"> & { readonly type: "CreateCategory" })
  | ({ readonly type: "ModifyCategory"; readonly categoryId: string } & { readonly [D in keyof Described]: Described[D] | undefined })
  | { readonly type: "DeleteCategory"; readonly categoryId: string };

export type Category = { readonly status: "absent" | "deleted" } | ({ readonly status: "there" } & Described);

/** The category of applications without any other category. It cannot be deleted. */
export const uncategorized = "ctg-uncategorized";

/** A category of the catalogue. Applications of a deleted category show it as a disabled link. */
export const category: Decider<CategoryCommand, CategoryEvent, Category> = {
  key: "categoryId",
  initialState: { status: "absent" },

  decide: {
    CreateCategory: (request, { status }) => (status === "absent" ? [{ ...request, type: "CategoryCreated" }] : []),

    ModifyCategory: ({ categoryId, ...changes }, state) => {
      if (state.status !== "there") return missing(categoryId);
      const name = changes.name ?? state.name;
      const locale = changes.locale ?? state.locale;
      const description = changes.description ?? state.description;
      const icon = changes.icon ?? state.icon;
      const same = name === state.name && locale === state.locale && description === state.description && icon === state.icon;
      return same ? [] : [{ type: "CategoryModified", categoryId, name, locale, description, icon }];
    },

    DeleteCategory: ({ categoryId }, { status }) => {
      if (categoryId === uncategorized)
        return {
          rejected: `category [${categoryId}] belongs to the platform and cannot be deleted`,
          kind: "precondition",
          error: "cannot_delete_default_category",
        };
      if (status === "absent") return missing(categoryId);
      return status === "deleted" ? [] : [{ type: "CategoryDeleted", categoryId }];
    },
  },

  evolve: {
    CategoryCreated: (_, { name, locale, description, icon }) => ({ status: "there", name, locale, description, icon }),
    CategoryModified: (_, { name, locale, description, icon }) => ({ status: "there", name, locale, description, icon }),
    CategoryDeleted: () => ({ status: "deleted" }),
  },
};

const missing = (categoryId: string): Rejection => ({
  rejected: `category [${categoryId}] does not exist`,
  kind: "notFound",
  error: "resource_not_found",
});
