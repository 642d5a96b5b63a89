import { openToAll } from "../../services/repo/access.ts";
import { indexBytes } from "../../services/repo/index-entries.ts";
import { readFileOver } from "../../services/repo/remote/read-file.ts";
import { readers } from "../../services/repo/remote/readers.ts";

/** What one process says of repositories, and what reading all of them has cost it. */
export type Reading = {
  readonly said: { readonly [url: string]: string };
  /** Milliseconds that its slowest turn took. */
  readonly stood: number;
  /** MiB at its highest. */
  readonly memory: number;
};

const read = readFileOver({ timeout: 20_000, attempts: 1 });
const { readEntries } = readers();
const { signal } = new AbortController();
const said: { [url: string]: string } = {};
let stood = 0;
let last = performance.now();
const watching = setInterval(() => {
  stood = Math.max(stood, performance.now() - last);
  last = performance.now();
}, 20);
for (const url of process.argv.slice(2)) {
  const file = await read({ url: `${url}/index.yaml`, repository: url, secret: openToAll, limit: indexBytes, signal });
  const offers =
    "refused" in file ? file : await readEntries(file.bytes, "repo-1", { url, appDefaultStatus: "draft", visibility: "private" }, signal);
  said[url] = "refused" in offers ? offers.refused : `${offers.entries.length} versions`;
}
clearInterval(watching);
const reading: Reading = { said, stood, memory: process.resourceUsage().maxRSS / 1_024 };
process.stdout.write(JSON.stringify(reading));
