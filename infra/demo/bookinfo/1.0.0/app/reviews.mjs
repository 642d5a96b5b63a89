import { readData } from "./data.mjs";
import { servedBy } from "./served-by.mjs";

export const answer = (path) => (path === "/reviews/0" ? { id: 0, reviews: readData("reviews"), servedBy: servedBy() } : undefined);
