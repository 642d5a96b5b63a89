import { settings } from "./node.mjs";
import { page } from "./page.mjs";
import { ask } from "./peers.mjs";
import { servedBy } from "./served-by.mjs";
import { version } from "./version.mjs";

/** Reports an unavailable part as missing; the page shows the others. */
const part = (role) => ask(role, `/${role}/0`).catch((error) => ({ error: error.message }));

const product = async () => {
  const [details, reviews, ratings] = await Promise.all(["details", "reviews", "ratings"].map(part));
  const shown = reviews.reviews === undefined ? reviews : { ...reviews, reviews: reviews.reviews.slice(0, settings().reviews_shown) };
  return { id: 0, version, title: settings().title, servedBy: servedBy(), details, reviews: shown, ratings };
};

export const answer = async (path) => {
  if (path === "/api/v1/products") return [{ id: 0, title: settings().title }];
  if (path === "/api/v1/products/0") return product();
  if (path === "/" || path === "/productpage") return page(await product());
  return undefined;
};
