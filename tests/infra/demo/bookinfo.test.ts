import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BookinfoVersion } from "../../../infra/demo/repository.ts";
import { eventually } from "../../eventually.ts";
import { type BookinfoCluster, type BookinfoNode, startBookinfo } from "./bookinfo-cluster.ts";

type ServedBy = { node_id: string; address: string; role: string; version: string };
type Part = { servedBy?: ServedBy; error?: string };
type Product = {
  version: string;
  title: string;
  servedBy: ServedBy;
  details: Part & { author?: string };
  reviews: Part & { reviews?: { reviewer: string; rating?: { stars: number } }[]; ratings?: Part };
  ratings: Part & { ratings?: Record<string, number> };
};

const start = async (t: TestContext, version: BookinfoVersion, env = {}) => {
  const cluster = await startBookinfo(version, env);
  t.after(() => cluster.close());
  return cluster;
};
const nodeOf = ({ nodes }: BookinfoCluster, role: string): BookinfoNode => {
  const node = nodes.find((candidate) => candidate.role === role);
  assert.ok(node);
  return node;
};
const get = async (cluster: BookinfoCluster, node: BookinfoNode, path: string) =>
  fetch(`http://${node.address}:${cluster.port}${path}`, { signal: AbortSignal.timeout(10_000), headers: { connection: "close" } });
const product = async (cluster: BookinfoCluster): Promise<Product> =>
  // The answer of the demo application, whose fields the tests assert.
  (await (await get(cluster, nodeOf(cluster, "productpage"), "/api/v1/products/0")).json()) as Product;
const page = async (cluster: BookinfoCluster): Promise<string> => (await get(cluster, nodeOf(cluster, "productpage"), "/")).text();

/** The reviews nodes that answer several requests. */
const reviewers = async (cluster: BookinfoCluster): Promise<string> => {
  const seen = new Set<string>();
  for (let request = 0; request < 4; request += 1) seen.add((await product(cluster)).reviews.servedBy?.node_id ?? "nobody");
  return [...seen].sort().join();
};

test("the page is made of parts from the nodes of the three other roles, and 1.1.0 shows stars", async (t) => {
  const cluster = await start(t, "1.1.0");
  const { version, servedBy, details, reviews, ratings } = await product(cluster);
  assert.equal(version, "1.1.0");
  for (const [role, part] of Object.entries({ productpage: { servedBy }, details, reviews, ratings })) {
    const { node_id, address } = nodeOf(cluster, role);
    assert.deepEqual(part.servedBy, { node_id, address, role, version: "1.1.0" });
  }
  assert.equal(new Set([servedBy, details.servedBy, reviews.servedBy, ratings.servedBy].map((by) => by?.address)).size, 4);
  assert.equal(details.author, "William Shakespeare");
  assert.deepEqual(
    reviews.reviews?.map(({ rating }) => rating?.stars),
    [5, 4, 4],
  );
  assert.equal(reviews.ratings?.servedBy?.node_id, nodeOf(cluster, "ratings").node_id);
  const html = await page(cluster);
  assert.match(html, /<h1>The Comedy of Errors<\/h1>/);
  assert.match(html, /★★★★★/);
  assert.match(html, new RegExp(`served by reviews ${nodeOf(cluster, "reviews").node_id}`));
});

test("1.0.0 shows reviews without stars", async (t) => {
  const cluster = await start(t, "1.0.0");
  const { version, reviews, ratings } = await product(cluster);
  assert.equal(version, "1.0.0");
  assert.deepEqual(
    reviews.reviews?.map(({ rating }) => rating),
    [undefined, undefined, undefined],
  );
  assert.equal(ratings.servedBy?.role, "ratings");
  assert.doesNotMatch(await page(cluster), /★/);
});

test("title and number of reviews are what the user set, and a title is only text", async (t) => {
  const cluster = await start(t, "1.1.0", { title: "<script>alert(1)</script>", reviews_shown: 2 });
  const { title, reviews } = await product(cluster);
  assert.equal(title, "<script>alert(1)</script>");
  assert.equal(reviews.reviews?.length, 2);
  const html = await page(cluster);
  assert.match(html, /<title>&lt;script&gt;alert\(1\)&lt;\/script&gt;<\/title>/);
  assert.doesNotMatch(html, /<script>/);
});

test("a reviews node that is added takes its turn once the page has read its metadata again, and is passed over when it dies", async (t) => {
  const cluster = await start(t, "1.1.0");
  const first = nodeOf(cluster, "reviews");
  const second = await cluster.add("reviews");
  await cluster.service(second, "init");
  await cluster.start(second);
  assert.equal(await reviewers(cluster), first.node_id, "without a signal nothing is read again");
  cluster.process(nodeOf(cluster, "productpage")).kill("SIGHUP");
  const both = [first.node_id, second.node_id].sort().join();
  await eventually("both reviews nodes taking turns", async () => (await reviewers(cluster)) === both);

  const ended = once(cluster.process(first), "exit");
  cluster.process(first).kill("SIGKILL");
  await ended;
  assert.equal(await reviewers(cluster), second.node_id);
});

test("a part without running nodes is reported as missing; the others are shown", async (t) => {
  const cluster = await start(t, "1.1.0");
  for (const role of ["reviews", "details"]) {
    const gone = cluster.process(nodeOf(cluster, role));
    const ended = once(gone, "exit");
    gone.kill("SIGKILL");
    await ended;
  }
  const { details, reviews, ratings } = await product(cluster);
  assert.match(reviews.error ?? "", /reviews at 127\./);
  assert.match(details.error ?? "", /details at 127\./);
  assert.deepEqual(ratings.ratings, { "Reviewer 1": 5, "Reviewer 2": 4, "Reviewer 3": 4 });
  const html = await page(cluster);
  assert.match(html, /Sorry, the reviews are not available/);
  assert.match(html, /Sorry, the details are not available/);
});

test("reviews are shown without stars while ratings are away", async (t) => {
  const cluster = await start(t, "1.1.0");
  const gone = cluster.process(nodeOf(cluster, "ratings"));
  const ended = once(gone, "exit");
  gone.kill("SIGKILL");
  await ended;
  const { reviews } = await product(cluster);
  assert.equal(reviews.reviews?.length, 3);
  assert.equal(reviews.reviews?.[0]?.rating, undefined);
  assert.match(await page(cluster), /Sorry, the ratings are not available/);
});

test("every node reports its health, role and version; other paths and methods are refused", async (t) => {
  const cluster = await start(t, "1.0.0");
  for (const node of cluster.nodes) {
    const answer = await get(cluster, node, "/health");
    const { status, role, version, node_id, pid } = JSON.parse(await answer.text());
    assert.deepEqual([answer.status, status, role, version, node_id], [200, "up", node.role, "1.0.0", node.node_id]);
    assert.equal(pid, cluster.process(node).pid);
    assert.equal((await get(cluster, node, "/nothing")).status, 404);
  }
  const page = nodeOf(cluster, "productpage");
  const post = await fetch(`http://${page.address}:${cluster.port}/`, { method: "POST", headers: { connection: "close" } });
  assert.equal(post.status, 404);
});

test("metadata that cannot be read leaves what was known", async (t) => {
  const cluster = await start(t, "1.1.0");
  const productpage = nodeOf(cluster, "productpage");
  let errors = "";
  cluster.process(productpage).stderr?.on("data", (chunk) => (errors += chunk));
  await writeFile(join(productpage.folder, "metadata.json"), "{");
  cluster.process(productpage).kill("SIGHUP");
  await eventually("the complaint about the metadata", () => errors.includes("metadata not read"));
  assert.equal((await product(cluster)).reviews.servedBy?.role, "reviews");
});

test("init writes the data once, and destroy removes it; both may run twice", async (t) => {
  const cluster = await start(t, "1.1.0");
  const ratings = nodeOf(cluster, "ratings");
  const file = join(ratings.folder, "data/ratings.json");
  await writeFile(file, '{"Reviewer 1":1}');
  assert.equal((await cluster.service(ratings, "init")).code, 0);
  assert.equal(await readFile(file, "utf8"), '{"Reviewer 1":1}');
  assert.deepEqual((await product(cluster)).ratings.ratings, { "Reviewer 1": 1 });
  for (let run = 0; run < 2; run += 1) assert.equal((await cluster.service(ratings, "destroy")).code, 0);
  await assert.rejects(readFile(file), { code: "ENOENT" });
  assert.equal((await cluster.service(nodeOf(cluster, "productpage"), "init")).code, 0);
});

test("stop ends the program cleanly, may run twice, and check detects the stop", async (t) => {
  const cluster = await start(t, "1.1.0");
  const details = nodeOf(cluster, "details");
  assert.equal((await cluster.service(details, "check")).code, 0);
  const exit = once(cluster.process(details), "exit");
  assert.equal((await cluster.service(details, "stop")).code, 0);
  assert.deepEqual(await exit, [0, null]);
  assert.equal((await cluster.service(details, "stop")).code, 0);
  const { code, output } = await cluster.service(details, "check");
  assert.equal(code, 1);
  assert.match(output, /details does not answer/);
});

test("after a change of size, the service of the package makes a node know its peers", async (t) => {
  const cluster = await start(t, "1.1.0");
  const second = await cluster.add("reviews");
  assert.equal((await cluster.service(nodeOf(cluster, "productpage"), "scaled")).code, 0);
  const health = JSON.parse(await (await get(cluster, nodeOf(cluster, "productpage"), "/health")).text());
  assert.deepEqual(health.hosts.reviews, [nodeOf(cluster, "reviews").address, second.address]);
  assert.equal((await cluster.service(second, "scaled")).code, 0, "a node that does not run has nothing to learn");
});

test("an unknown service is refused", async (t) => {
  const cluster = await start(t, "1.0.0");
  for (const name of ["explode", "toString"]) {
    const { code, output } = await cluster.service(nodeOf(cluster, "details"), name);
    assert.equal(code, 1);
    assert.match(output, /usage: /);
  }
});

test("a node whose address is taken ends with an error", async (t) => {
  const cluster = await start(t, "1.0.0");
  await assert.rejects(cluster.start({ ...nodeOf(cluster, "details"), node_id: "cln-other" }), /EADDRINUSE/);
});
