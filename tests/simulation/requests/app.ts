import type { AppCommand } from "../../../services/app/domain/app.ts";
import type { CategoryCommand } from "../../../services/app/domain/category.ts";
import type { Chance, Row } from "./row.ts";

const versionOf = ({ below }: Chance) => {
  const app = below(2);
  return { appId: `app-${app}`, versionId: `appv-p${app}${below(3)}` };
};

/** Headings of the catalogue, and the way of an indexed version through review. */
export const appRows: readonly Row<AppCommand | CategoryCommand>[] = [
  [
    3,
    ({ below }, _number, owner) => ({
      ...({ type: "CreateCategory", categoryId: `ctg-${below(3)}`, name: "a category", locale: "{}", description: "", icon: "" } as const),
      ...owner,
    }),
  ],
  [
    3,
    ({ below }, number) => ({
      ...({ type: "ModifyCategory", categoryId: `ctg-${below(3)}`, name: `category ${number % 3}` } as const),
      ...{ locale: undefined, description: undefined, icon: undefined },
    }),
  ],
  [2, ({ below }) => ({ type: "DeleteCategory", categoryId: `ctg-${below(3)}` })],
  [3, (chance, number) => ({ type: "SubmitAppVersion", ...versionOf(chance), reviewId: `review-${number}` })],
  [2, (chance) => ({ type: "CancelAppVersion", ...versionOf(chance) })],
  [2, (chance) => ({ type: "ReviewAppVersion", ...versionOf(chance), operatorType: "isv" })],
  [2, (chance, number) => ({ type: "PassAppVersion", ...versionOf(chance), operatorType: "admin", reviewId: `review-${number}` })],
  [1, (chance) => ({ type: "ReleaseAppVersion", ...versionOf(chance) })],
  [1, (chance) => ({ type: "SuspendAppVersion", ...versionOf(chance) })],
  [1, ({ below }) => ({ type: "DeleteApp", appId: `app-${below(2)}` })],
];
