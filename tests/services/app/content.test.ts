import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyProjection } from "../../../events/projection.ts";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import { activeApps } from "../../../services/app/read-models/apps.ts";
import { activeAppVersions, appVersions } from "../../../services/app/read-models/versions.ts";
import { appVersions as deployable } from "../../../services/cluster/read-models/foreign.ts";
import { metaOf } from "../../spec.ts";
import {
  appId,
  come,
  content,
  latest,
  passed,
  rejected,
  released,
  submitted,
  suspended,
  told,
  versionCreated,
  versionId,
} from "./fixtures.ts";

/** The document that a read model makes of these events. */
const folded = <D extends object>(projection: AnyProjection & { readonly initialState: D }, events: readonly AppEvent[]): D =>
  events.reduce<D>((document, event, index) => {
    const fold = projection.evolve[event.type];
    return fold ? (fold(document, event, metaOf(index + 1), versionId) as D) : document; // The fold is the projection's own.
  }, projection.initialState);
const digests = (events: readonly AppEvent[]) => {
  const [owners, store, deployed] = [folded(appVersions, events), folded(activeAppVersions, events), folded(deployable, events)];
  assert.equal(deployed.draft.package_digest, owners.package_digest);
  assert.equal(deployed.submitted?.package_digest, owners.submitted?.package_digest);
  assert.equal(deployed.released?.package_digest, store.active ? store.package_digest : undefined);
  if (store.active) assert.equal(deployed.status, store.status);
  return { own: owners.package_digest, reviewed: owners.submitted?.package_digest, store: store.active ? store.package_digest : undefined };
};
const listed = (digest: string, more: object = {}): AppEvent => ({
  ...{ type: "AppVersionPackageReplaced", appId, versionId, version: "1.0.0", ...told, ...content, packageOwner: "repo" },
  ...{ packageDigest: digest, visibility: "public", published: false, ...more },
});
const [first, second, third] = ["sha256:1", "sha256:2", "sha256:3"];

test("what is listed during a review is its owner's only: what was submitted is reviewed and released", () => {
  const inReview = [...come["in-review"], listed(second)];
  assert.deepEqual(digests(inReview), { own: second, reviewed: first, store: undefined });
  const allPassed = [...inReview, passed("technical", "passed"), listed(third)];
  assert.deepEqual(digests(allPassed), { own: third, reviewed: first, store: undefined });
  assert.deepEqual(digests([...allPassed, released]), { own: third, reviewed: undefined, store: first });
});

test("a release publishes what was submitted since, and until then the store keeps what it has", () => {
  const replaced = [...come.active, listed(second)];
  assert.deepEqual(digests(replaced), { own: second, reviewed: undefined, store: first });
  const again = [...replaced, passed("admin", "passed"), listed(third)];
  assert.deepEqual(digests(again), { own: third, reviewed: second, store: first });
  assert.equal(folded(activeAppVersions, again).status, "active");
  assert.deepEqual(digests([...again, released]), { own: third, reviewed: undefined, store: second });
});

test("a listing of a trusted repository is published at once, and another visibility holds at once", () => {
  const replaced = [...come.active, listed(second, { published: true })];
  assert.deepEqual(digests(replaced), { own: second, reviewed: undefined, store: second });
  const hidden = [...come.active, listed(second, { visibility: "private" })];
  for (const model of [activeAppVersions, activeApps, deployable] as const)
    assert.equal(folded<{ visibility: string }>(model, hidden).visibility, "private");
  assert.deepEqual(digests(hidden), { own: second, reviewed: undefined, store: first });
});

test("a version leaves the store when it is suspended, rejected or deleted", () => {
  const status = (...events: readonly AppEvent[]) => folded(deployable, [...come.active, ...events]).status;
  const deletion: AppEvent = {
    type: "AppVersionDeleted",
    appId,
    versionId,
    reviewId: "",
    message: "",
    status: "deleted",
    owner: "",
    ownerPath: "",
  };
  assert.deepEqual(
    [status(), status(suspended), status(rejected("admin")), status(deletion)],
    ["active", "suspended", "suspended", "deleted"],
  );
  assert.equal(status(suspended, submitted), "suspended");
});

test("in events from before visibility was told, an upload is public and an indexed version private", () => {
  const { visibility: _, ...older } = versionCreated as Extract<AppEvent, { type: "AppVersionCreated" }>;
  const visibilityOf = (packageOwner: string) =>
    folded(deployable, [{ ...older, packageOwner, visibility: "" }, latest(versionId)]).visibility;
  assert.deepEqual([visibilityOf("app"), visibilityOf("repo")], ["public", "private"]);
});
