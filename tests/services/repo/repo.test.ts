import assert from "node:assert/strict";
import { test } from "node:test";
import type { RepoEvent } from "../../../schemas/generated/events.ts";
import { repo } from "../../../services/repo/domain/repo.ts";
import { timers } from "../../../services/repo/timers.ts";
import { sealedText } from "../../sealed.ts";
import { given } from "../../spec.ts";
import { createRepo, owned, settings, unchanged } from "./fixtures.ts";

const repoId = "repo-1";
const repoEventId = "repoe-1";
const created: RepoEvent = { type: "RepoCreated", repoId, ...settings, controller: 0, ...owned };
const established: RepoEvent = { ...created, controller: 1, url: "" };
const requested: RepoEvent = { type: "RepoIndexingRequested", repoId, repoEventId, run: 1, ...owned };
const again: RepoEvent = { type: "RepoIndexingRequested", repoId, repoEventId: "repoe-2", run: 2, ...owned };
const recorded = (packageId: string, fingerprint: string): RepoEvent => ({
  type: "RepoListingRecorded",
  repoId,
  repoEventId,
  packages: [{ packageId, appId: "app-1", fingerprint, digest: "" }],
  unlisted: [],
});
const indexed: RepoEvent = {
  type: "RepoIndexed",
  repoId,
  repoEventId,
  count: 0,
  listed: 0,
  unlisted: 0,
  indexFingerprint: "",
  indexEtag: "",
  skipped: [],
};
const succeeded: RepoEvent = { type: "RepoIndexingSucceeded", repoId, repoEventId, syncSeconds: -1 };
const deleted: RepoEvent = { type: "RepoDeleted", repoId };
const failed = (reason: string, syncSeconds = -1): RepoEvent => ({ type: "RepoIndexingFailed", repoId, repoEventId, reason, syncSeconds });
const record = (listed: readonly { packageId: string; appId: string; fingerprint: string }[], unlisted: readonly string[] = []) => {
  const packages = listed.map((each) => ({ ...each, digest: "" }));
  return { type: "RecordListing", repoId, repoEventId, packages, unlisted } as const;
};
const modify = (changes: object) => ({ type: "ModifyRepo", repoId, repoEventId: "repoe-2", ...unchanged, ...changes }) as const;

test("a repository that is registered is indexed", () => given(repo).when(createRepo()).expect(created, requested));
test("a registration that comes again changes nothing", () => given(repo, created, requested).when(createRepo()).expectNothing());
test("no event holds the user and password of a URL", () => {
  const secret = { kind: "invalid", error: "illegal_url_format" } as const;
  given(repo)
    .when(createRepo({ url: "http://ann:secret@host/" }))
    .expectRejection(/must not hold a user or a password/, secret);
  given(repo, created)
    .when(modify({ url: "http://ann@host/" }))
    .expectRejection(/must not hold a user or a password/, secret);
});
test("at another URL, what is indexed is a draft unless the request says otherwise", () => {
  const given_ = given(repo, { ...created, appDefaultStatus: "active" } as RepoEvent);
  const statusAfter = (changes: object) => {
    const [modified] = given_.when(modify(changes)).events();
    return modified?.type === "RepoModified" && modified.appDefaultStatus;
  };
  assert.equal(statusAfter({ url: "http://elsewhere/" }), "draft");
  assert.equal(statusAfter({ url: "http://elsewhere/", appDefaultStatus: "active" }), "active");
  assert.equal(statusAfter({ name: "other" }), "active");
});
test("the platform's own repository is not indexed", () =>
  given(repo).when({ type: "EstablishRepo", repoId: "repo-helm" }).expectTypes("RepoCreated"));
test("it is established once", () => given(repo, established).when({ type: "EstablishRepo", repoId }).expectNothing());

for (const change of [{ name: "other" }, { providers: ["moon"] }])
  test(`another ${Object.keys(change)[0]} is no reason to index again`, () =>
    given(repo, created, requested, indexed, succeeded)
      .when(modify(change))
      .expect({ type: "RepoModified", repoId, ...settings, ...change }));
for (const change of [
  { url: "http://other/" },
  { sealedCredential: sealedText("sealed") },
  { visibility: "private" },
  { syncSeconds: 600 },
])
  test(`another ${Object.keys(change)[0]} starts an indexing`, () =>
    given(repo, created, requested, indexed, succeeded)
      .when(modify(change))
      .expect({ type: "RepoModified", repoId, ...settings, ...change }, again));
test("a change that makes the running indexing stale replaces it", () =>
  given(repo, created, requested)
    .when(modify({ url: "http://other/" }))
    .expect(
      { type: "RepoModified", repoId, ...settings, url: "http://other/" },
      failed("the repository was changed; [repoe-2] takes its place", 0),
      again,
    ));
test("a modification without a difference changes nothing", () =>
  given(repo, created, requested)
    .when(modify({ name: "demo" }))
    .expectNothing());
test("a credential can be taken away", () =>
  given(repo, { ...created, sealedCredential: sealedText("sealed") }, requested, indexed, succeeded)
    .when(modify({ url: "http://other/", sealedCredential: null }))
    .expectTypes("RepoModified", "RepoIndexingRequested"));
test("a deleted repository cannot be modified", () =>
  given(repo, created, requested, deleted)
    .when(modify({ name: "other" }))
    .expectRejection(/already deleted/, { kind: "precondition", error: "resource_already_deleted" }));
test("a repository that is not known cannot be modified", () =>
  given(repo)
    .when(modify({ name: "other" }))
    .expectRejection(/does not exist/, { kind: "notFound", error: "resource_not_found" }));

test("deleting starts the indexing that unlists everything", () =>
  given(repo, created, requested, indexed, succeeded).when({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" }).expect(deleted, again));
test("a repository is deleted once", () =>
  given(repo, created, deleted).when({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" }).expectNothing());
test("the platform's own repository cannot be deleted", () =>
  given(repo, established)
    .when({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/belongs to the platform/, { kind: "precondition", error: "cannot_delete_internal_repo" }));
test("a repository that is not known cannot be deleted", () =>
  given(repo)
    .when({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/does not exist/, { kind: "notFound" }));

test("a repository is indexed when somebody asks", () =>
  given(repo, created, requested, indexed, succeeded).when({ type: "IndexRepo", repoId, repoEventId: "repoe-2" }).expect(again));
test("one indexing runs at a time", () =>
  given(repo, created, requested)
    .when({ type: "IndexRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/\[repoe-1\] is running/, { kind: "precondition", error: "repo_event_running" }));
test("it runs until the catalogue has adopted everything", () =>
  given(repo, created, requested, indexed)
    .when({ type: "IndexRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/is running/));
test("asked again for the same run, nothing happens", () =>
  given(repo, created, requested).when({ type: "IndexRepo", repoId, repoEventId }).expectNothing());
test("a deleted repository is not indexed", () =>
  given(repo, created, deleted)
    .when({ type: "IndexRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/already deleted/));
test("the platform's own repository has no index", () =>
  given(repo, established)
    .when({ type: "IndexRepo", repoId, repoEventId: "repoe-2" })
    .expectRejection(/no index/, { kind: "precondition", error: "repo_has_no_index" }));

const sync = (repoEventId: string) => ({ type: "SyncRepo", repoId, repoEventId }) as const;
const queued: RepoEvent = { type: "RepoSyncQueued", repoId, repoEventId: "repoe-2" };
test("a push starts a run", () => given(repo, created, requested, indexed, succeeded).when(sync("repoe-2")).expect(again));
for (const [stage, before] of [
  ["reads", [created, requested]],
  ["waits for the catalogue", [created, requested, indexed]],
] as const)
  test(`a push while a run ${stage} has another one follow, however many pushes there are`, () => {
    given(repo, ...before)
      .when(sync("repoe-2"))
      .expect(queued);
    given(repo, ...before, queued)
      .when(sync("repoe-3"))
      .expectNothing();
  });
test("the run that follows starts when the one under way ends, and only that has a schedule", () => {
  given(repo, created, requested, indexed, queued)
    .when({ type: "ConfirmAdoption", repoId, repoEventId })
    .expect({ ...succeeded, syncSeconds: 0 } as RepoEvent, again);
  given(repo, created, requested, queued)
    .when({ type: "FailIndexing", repoId, repoEventId, reason: "404" })
    .expect(failed("404", 0), again);
  given(repo, created, requested, queued, failed("404", 0), again)
    .when(sync("repoe-3"))
    .expect({ ...queued, repoEventId: "repoe-3" } as RepoEvent);
});
test("a run that replaces another is the one that follows", () =>
  given(repo, created, requested, queued, deleted, failed("deleted", 0), again)
    .when({ type: "FailIndexing", repoId, repoEventId: "repoe-2", reason: "404" })
    .expectTypes("RepoIndexingFailed"));
test("a deleted repository takes no push", () =>
  given(repo, created, requested, deleted)
    .when(sync("repoe-3"))
    .expectRejection(/already deleted/));

const tokenSet = (tokenDigest: string): RepoEvent => ({ type: "RepoSyncTokenSet", repoId, tokenDigest });
test("a token takes the place of the one before, until it is revoked", () => {
  given(repo, created, tokenSet("a")).when({ type: "SetRepoSyncToken", repoId, tokenDigest: "b" }).expect(tokenSet("b"));
  given(repo, created, tokenSet("a")).when({ type: "SetRepoSyncToken", repoId, tokenDigest: "a" }).expectNothing();
  given(repo, created, tokenSet("a")).when({ type: "RevokeRepoSyncToken", repoId }).expect({ type: "RepoSyncTokenRevoked", repoId });
  given(repo, created).when({ type: "RevokeRepoSyncToken", repoId }).expectNothing();
});
test("the platform's own repository has no token", () =>
  given(repo, established)
    .when({ type: "SetRepoSyncToken", repoId, tokenDigest: "a" })
    .expectRejection(/no index/));

const scheduled = { type: "IndexRepoAgain", repoId, repoEventId: "repoe-2", after: repoEventId } as const;
test("the schedule starts the next run", () => given(repo, created, requested, failed("gone")).when(scheduled).expect(again));
test("the schedule waits for a run that is under way", () => given(repo, created, requested).when(scheduled).expectNothing());
test("a run that was asked for in between has its own schedule", () =>
  given(repo, created, requested, indexed, succeeded, { ...again, repoEventId: "repoe-9" }, { ...succeeded, repoEventId: "repoe-9" })
    .when(scheduled)
    .expectNothing());
const each600 = { ...created, syncSeconds: 600 } as RepoEvent;
test("the end of a run says when the next one is due", () => {
  given(repo, each600, requested, indexed)
    .when({ type: "ConfirmAdoption", repoId, repoEventId })
    .expect({ ...succeeded, syncSeconds: 600 } as RepoEvent);
  given(repo, each600, requested).when({ type: "FailIndexing", repoId, repoEventId, reason: "404" }).expect(failed("404", 600));
  const last = { type: "FailIndexing", repoId, repoEventId: "repoe-2", reason: "404" } as const;
  given(repo, each600, requested, deleted, again)
    .when(last)
    .expect({ ...failed("404", 0), repoEventId: "repoe-2" } as RepoEvent);
});
test("the next run is due as the repository says, or else as the platform's settings say", () => {
  const due = (syncSeconds: number, indexSeconds: number) =>
    timers.RepoIndexingFailed?.after({ type: "RepoIndexingFailed", repoId, repoEventId, reason: "", syncSeconds }, { indexSeconds });
  assert.deepEqual([due(-1, 60), due(-1, 0), due(0, 60), due(600, 0)], [60_000, undefined, undefined, 600_000]);
});
test("nobody has a server asked more often than each five minutes", () => {
  const wrong = { kind: "invalid", error: "illegal_parameter_format" } as const;
  given(repo)
    .when(createRepo({ syncSeconds: 299 }))
    .expectRejection(/at least 300, or 0 for never/, wrong);
  given(repo, created)
    .when(modify({ syncSeconds: 1 }))
    .expectRejection(/at least 300/, wrong);
  given(repo, created)
    .when(modify({ syncSeconds: 0 }))
    .expectTypes("RepoModified", "RepoIndexingRequested");
});
test("a deleted repository has no schedule", () =>
  given(repo, created, requested, failed("gone"), deleted).when(scheduled).expectNothing());

test("what may be listed is recorded before it is", () =>
  given(repo, created, requested)
    .when(record([{ packageId: "p1", appId: "app-1", fingerprint: "" }]))
    .expect(recorded("p1", "")));
test("what is known already is not recorded as possible", () =>
  given(repo, created, requested, recorded("p1", "f"))
    .when(record([{ packageId: "p1", appId: "app-1", fingerprint: "" }]))
    .expectNothing());
test("what was listed is recorded once a run", () =>
  given(repo, created, requested, recorded("p1", "f"))
    .when(record([{ packageId: "p1", appId: "app-1", fingerprint: "f" }]))
    .expectNothing());
test("what was listed with the same content by the run before is recorded again, for the catalogue counts it again", () =>
  given(repo, created, requested, recorded("p1", "f"), failed("gone"), { ...again, repoEventId: "repoe-2" })
    .when({ ...record([{ packageId: "p1", appId: "app-1", fingerprint: "f" }]), repoEventId: "repoe-2" })
    .expect({ ...recorded("p1", "f"), repoEventId: "repoe-2" } as RepoEvent));
test("what was overtaken records nothing", () =>
  given(repo, created, requested, failed("changed"), again)
    .when(record([{ packageId: "p1", appId: "app-1", fingerprint: "f" }]))
    .expectNothing());

test("a finished run tells how many packages it announced", () =>
  given(repo, created, requested, recorded("p1", "f"), recorded("p2", "f"), recorded("p3", ""), {
    type: "RepoListingRecorded",
    repoId,
    repoEventId,
    packages: [],
    unlisted: ["p2"],
  })
    .when({ type: "FinishIndexing", repoId, repoEventId, count: 7, indexFingerprint: "f", indexEtag: "", skipped: ["bad"] })
    .expect({
      type: "RepoIndexed",
      repoId,
      repoEventId,
      count: 7,
      listed: 1,
      unlisted: 1,
      indexFingerprint: "f",
      indexEtag: "",
      skipped: ["bad"],
    }));
test("the outcome of another run is ignored", () =>
  given(repo, created, requested)
    .when({ type: "FinishIndexing", repoId, repoEventId: "repoe-0", count: 7, indexFingerprint: "f", indexEtag: "", skipped: ["bad"] })
    .expectNothing());
test("a run fails with its reason", () =>
  given(repo, created, requested).when({ type: "FailIndexing", repoId, repoEventId, reason: "404" }).expect(failed("404")));
test("a run that has ended does not fail", () =>
  given(repo, created, requested, indexed).when({ type: "FailIndexing", repoId, repoEventId, reason: "404" }).expectNothing());
test("a run has succeeded once everything is adopted", () =>
  given(repo, created, requested, indexed).when({ type: "ConfirmAdoption", repoId, repoEventId }).expect(succeeded));
test("an adoption that is confirmed again changes nothing", () =>
  given(repo, created, requested, indexed, succeeded).when({ type: "ConfirmAdoption", repoId, repoEventId }).expectNothing());
