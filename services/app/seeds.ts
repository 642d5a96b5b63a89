import type { Seed } from "../../events/index.ts";
import { type CategoryCommand, uncategorized } from "./domain/category.ts";
import type { AppOutside } from "./packages.ts";

/** The category of applications without any other category. It exists from the first start. */
export const seeds: readonly Seed<AppOutside, CategoryCommand>[] = [
  {
    issues: "CreateCategory",
    cause: "seed/ctg-uncategorized",
    given: () => ({
      categoryId: uncategorized,
      name: "uncategorized",
      locale: '{"zh_cn":"未分类","en":"Uncategorized"}',
      description: "",
      icon: "",
      owner: "system",
      ownerPath: ":system",
    }),
  },
];
