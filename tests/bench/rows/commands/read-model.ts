import { collections } from "../../../../events/subscription/collections.ts";
import { categories } from "../../../../services/app/read-models/files.ts";

/** The collection of the platform's categories, which every contestant fills. */
export const categoriesIn = collections([categories]).of(categories.name);
