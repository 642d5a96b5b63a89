import { chunks, type EffectContext, type Effects, eachOf, effect, type Of } from "../../events/index.ts";
import type { RecordedPackage, RepoEvent, RepoIndexingRequested } from "../../schemas/generated/events.ts";
import { PackageError } from "../packages/package-error.ts";
import { credentialOf, openToAll, type Secret } from "./access.ts";
import type { PackageCommand } from "./domain/package.ts";
import type { RegisteredRepo, Repo, RepoCommand } from "./domain/repo.ts";
import { compared, hasDigest, type IndexEntries, type IndexEntry, indexBytes, indexFingerprint, indexUrl } from "./index-entries.ts";
import { listingOf } from "./listing.ts";
import type { FileAnswer, RepoOutside } from "./ports.ts";

type Command = RepoCommand | PackageCommand;
type Context = EffectContext<RepoOutside, Of<Command, "ListPackage" | "UnlistPackage" | "RecordListing">, Repo>;

const CONCURRENCY = 16;
/** The number of packages per RecordListing command. */
const RECORD_BATCH = 250;
/** A run fails after this many bad entries: reading more would cost too much. */
const MAX_BAD_ENTRIES = 1_000;
/** Reasons that a run tells. */
const SHOWN = 20;
const MINUTE = 60_000;
/** Bytes that the entries of an index take, for each of its own. */
const ENTRIES = 5;

/**
 * Reads the repository and lists its packages. Progress is recorded in the repo's stream, so an attempt resumes where the previous one ended.
 * A failure of the repository's server is an outcome (FailIndexing); only a failure of the platform is an error and retried.
 */
export const effects: Effects<RepoOutside, Command, RepoEvent, Repo> = {
  RepoIndexingRequested: effect({
    ends: ["FinishIndexing", "FailIndexing"],
    reports: ["ListPackage", "UnlistPackage", "RecordListing"],
    isStillNeeded: (state, { repoEventId }) =>
      state.status !== "absent" && state.indexing?.repoEventId === repoEventId && state.indexing.stage === "reading",
    target: ({ repoId }) => repoId,
    // The repositories of one owner hold up no other's, however many there are.
    sharesBound: ({ owner }) => owner,
    timeout: 10 * MINUTE,
    attempts: 50,
    run: async (event, context) => {
      const { repoId, repoEventId } = event;
      const ids = { repoId, repoEventId };
      const fail = (reason: string) => ({ type: "FailIndexing", ...ids, reason }) as const;
      const finish = (count: number, indexFingerprint: string, indexEtag: string, skipped: readonly string[]) =>
        ({ type: "FinishIndexing", ...ids, count, indexFingerprint, indexEtag, skipped }) as const;
      const { outside, state, signal } = context;
      if (state.status === "absent") return fail("the repository is not known");
      for (const sealed of state.lapsed) await outside.destroyKey(sealed);
      const secret = await secretOf(repoId, state, outside);
      const index = state.status === "deleted" ? undefined : await indexOf(state, secret, outside, signal);
      if (index && "refused" in index)
        return index.unchanged ? finish(state.packages.size, state.indexFingerprint, state.indexEtag, state.skipped) : fail(index.refused);
      const read = index ? indexFingerprint(index.bytes) : "";
      // The same bytes list the same packages.
      if (index && read === state.indexFingerprint) return finish(state.packages.size, read, index.validator ?? "", state.skipped);
      return outside.holding.index(ENTRIES * (index?.bytes.byteLength ?? 0), async () => {
        const found = index ? await outside.readEntries(index.bytes, repoId, state.settings, signal) : NOTHING;
        if ("refused" in found) return fail(found.refused);
        const { entries, skipped } = found;
        const { changed, gone } = compared(state.packages, entries);
        const bad = await list(changed, event, state, secret, context);
        const all = [...skipped.reasons, ...bad];
        const count = skipped.count + bad.length;
        if (bad.length >= MAX_BAD_ENTRIES || (count > 0 && bad.length === entries.length)) return fail(shownOf(all, count, 5).join("; "));
        await unlist(gone, event, context);
        // What was skipped is tried again by the next run.
        const isExact = bad.length === 0 && entries.every(hasDigest);
        const validator = isExact ? (index?.validator ?? "") : "";
        return finish(entries.length - bad.length, isExact ? read : "", validator, shownOf(all, count, SHOWN));
      });
    },
    otherwise: ({ repoId, repoEventId }, { message }) => ({ type: "FailIndexing", repoId, repoEventId, reason: message }),
  }),
};

const secretOf = async (
  repoId: string,
  { status, settings: { sealedCredential } }: RegisteredRepo,
  { open }: RepoOutside,
): Promise<Secret> => {
  // A deleted repository is not read, and its key may already be destroyed.
  if (status === "deleted" || sealedCredential === null) return openToAll;
  const secret: Partial<Secret> = JSON.parse(await open(sealedCredential, credentialOf(repoId)));
  return { ...openToAll, ...secret };
};

const indexOf = async (
  { settings, indexFingerprint, indexEtag }: RegisteredRepo,
  secret: Secret,
  { readFile }: RepoOutside,
  signal: AbortSignal,
): Promise<FileAnswer> => {
  const repository = settings.url;
  const validator = indexFingerprint === "" ? "" : indexEtag;
  const answer = await readFile({ url: indexUrl(repository), repository, secret, limit: indexBytes, validator, signal });
  signal.throwIfAborted();
  return answer;
};

/** Lists new and changed entries, and returns those that cannot be listed, with the reasons. Each new package is recorded before it is listed, so that the repo knows every listed package. */
const list = async (
  entries: readonly IndexEntry[],
  event: RepoIndexingRequested,
  state: RegisteredRepo,
  secret: Secret,
  { outside, report, signal }: Context,
): Promise<readonly string[]> => {
  const { repoId, repoEventId } = event;
  const record = (packages: readonly RecordedPackage[]) => report({ type: "RecordListing", repoId, repoEventId, packages, unlisted: [] });
  const unknown = entries.filter(({ packageId }) => !state.packages.has(packageId));
  for (const some of chunks(unknown, 1_000))
    await record(some.map(({ packageId, appId }) => ({ packageId, appId, fingerprint: "", digest: "" })));
  const bad: string[] = [];
  const isv = entries.length === 0 ? "" : await outside.vendorOf({ userId: state.owner, ownerPath: state.ownerPath });
  for (const some of chunks(entries, RECORD_BATCH)) {
    if (bad.length >= MAX_BAD_ENTRIES) break;
    const listed: RecordedPackage[] = [];
    await eachOf(some, CONCURRENCY, async (indexEntry) => {
      const { packageId, appId, fingerprint, name, entry } = indexEntry;
      try {
        const known = state.packages.get(packageId)?.digest ?? "";
        const listing = await listingOf(indexEntry, event, { ...state, isv }, outside, { secret, signal, known });
        await report(listing);
        listed.push({ packageId, appId, fingerprint, digest: listing.digest });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PackageError)) throw error;
        bad.push(`${name} ${entry.versionName}: ${error.message}`);
      }
    });
    await record(listed);
  }
  return bad;
};

const unlist = async (gone: readonly RecordedPackage[], event: RepoIndexingRequested, { report }: Context): Promise<void> => {
  const { repoId, repoEventId, run } = event;
  for (const some of chunks(gone, RECORD_BATCH)) {
    await eachOf(some, CONCURRENCY, ({ packageId, appId }) =>
      report({ type: "UnlistPackage", packageId, repoId, repoEventId, run, appId, versionId: `appv-${packageId}` }),
    );
    await report({ type: "RecordListing", repoId, repoEventId, packages: [], unlisted: some.map(({ packageId }) => packageId) });
  }
};

const shownOf = (reasons: readonly string[], count: number, most: number): readonly string[] => {
  const shown = reasons.slice(0, most).map((reason) => reason.slice(0, 400));
  return count > shown.length ? [...shown, `and ${count - shown.length} more`] : shown;
};
/** What a deleted repository offers. */
const NOTHING: IndexEntries = { entries: [], skipped: { count: 0, reasons: [] } };
