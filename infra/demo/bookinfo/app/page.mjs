const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const safe = (value) => String(value).replace(/[&<>"']/g, (character) => escaped[character]);

const style = `
  :root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --line: #dfe5eb; --paper: #fff; --ground: #f4f6f8; --accent: #0b6e99; --star: #e0a100 }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa8b6; --line: #303b47; --paper: #1a222b; --ground: #11171d; --accent: #5bb8dd } }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
  header { background: var(--accent); color: #fff; padding: .9rem 1.5rem; display: flex; justify-content: space-between; align-items: baseline }
  @media (prefers-color-scheme: dark) { header { color: #0c1116 } }
  header b { font-size: 1.15rem }
  main { max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)) }
  .book { grid-column: 1 / -1 }
  h1 { margin: 0 0 .3rem; font-size: 2rem; line-height: 1.2 }
  h2 { margin: 0 0 .8rem; font-size: 1.1rem }
  section { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1.3rem 1.5rem }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1.2rem; margin: 0 }
  dt, small, .by { color: var(--soft) }
  dd { margin: 0 }
  blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--line) }
  .stars { color: var(--star); letter-spacing: .1em }
  .missing { color: #b3261e }
  small { display: block; margin-top: 1rem }`;

const origin = ({ servedBy }) => `<small>served by ${safe(servedBy.role)} ${safe(servedBy.node_id)} at ${safe(servedBy.address)}</small>`;
const missing = (what) => `<p class="missing">Sorry, the ${what} are not available at the moment.</p>`;

const details = (part) => {
  if (part.error !== undefined) return missing("details");
  const rows = {
    Author: part.author,
    Year: part.year,
    Type: part.type,
    Pages: part.pages,
    Publisher: part.publisher,
    Language: part.language,
    ISBN: part.isbn10,
  };
  return `<dl>${Object.entries(rows)
    .map(([name, value]) => `<dt>${name}</dt><dd>${safe(value)}</dd>`)
    .join("")}</dl>${origin(part)}`;
};

const stars = (rating) =>
  rating === undefined
    ? ""
    : `<span class="stars" title="${rating.stars} of 5">${"★".repeat(rating.stars)}${"☆".repeat(5 - rating.stars)}</span>`;

const reviews = (part) => {
  if (part.error !== undefined) return missing("reviews");
  const quotes = part.reviews.map(
    ({ reviewer, text, rating }) => `<blockquote>${safe(text)}<br><span class="by">${safe(reviewer)}</span> ${stars(rating)}</blockquote>`,
  );
  const unrated = part.ratings?.error === undefined ? "" : missing("ratings");
  return quotes.join("") + unrated + origin(part);
};

export const page = (product) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(product.title)}</title>
<style>${style}
</style>
</head>
<body>
<header><b>${safe(product.title)}</b><span>version ${safe(product.version)}</span></header>
<main>
<section class="book"><h1>${safe(product.details.title ?? "A book")}</h1>${safe(product.details.summary ?? "")}</section>
<section id="details"><h2>Book details</h2>${details(product.details)}</section>
<section id="reviews"><h2>Book reviews</h2>${reviews(product.reviews)}</section>
</main>
</body>
</html>
`;
