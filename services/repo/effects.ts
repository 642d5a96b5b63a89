import { chunks, type EffectContext, type Effects, eachOf, effect, type Of } from "../../events/index.ts";
import type { RecordedPackage, RepoEvent, RepoIndexingRequested } from "../../schemas/generated/events.ts";
import { PackageError } from "../packages/package-error.ts";
import { openToAll, type Secret } from "./access.ts";
import type { PackageCommand } from "./domain/package.ts";
import type { RegisteredRepo, Repo, RepoCommand } from "./domain/repo.ts";
import { digestIn, listingOf } from "./listing.ts";
import { compared, indexBytes, indexFingerprint, indexUrl, type Offer, tellsAll } from "./offers.ts";
import type { FileAnswer, RepoOutside } from "./ports.ts";

type Command = RepoCommand | PackageCommand;
type Context = EffectContext<RepoOutside, Of<Command, "ListPackage" | "UnlistPackage" | "RecordListing">, Repo>;

const AT_ONCE = 16;
/** What is recorded as listed at once. */
const RECORDED = 250;
/** So many bad entries, and the rest is not tried. */
const ENOUGH = 100;
const MINUTE = 60_000;

/**
 * Reads the repository and lists what it offers. Progress is recorded in the repo's stream, so an attempt goes on where the one before ended.
 * The trouble of a stranger's server is an outcome; only trouble of the platform's own is an error, and tried again.
 */
export const effects: Effects<RepoOutside, Command, RepoEvent, Repo> = {
  RepoIndexingRequested: effect({
    ends: ["FinishIndexing", "FailIndexing"],
    reports: ["ListPackage", "UnlistPackage", "RecordListing"],
    isStillNeeded: (state, { repoEventId }) =>
      state.status !== "absent" && state.indexing?.repoEventId === repoEventId && state.indexing.stage === "reading",
    timeout: 10 * MINUTE,
    attempts: 50,
    run: async (event, context) => {
      const { repoId, repoEventId } = event;
      const ids = { repoId, repoEventId };
      const fail = (reason: string) => ({ type: "FailIndexing", ...ids, reason }) as const;
      const finish = (count: number, indexFingerprint: string) => ({ type: "FinishIndexing", ...ids, count, indexFingerprint }) as const;
      const { outside, state, signal } = context;
      if (state.status === "absent") return fail("the repository is not known");
      for (const sealed of state.lapsed) await outside.destroyKey(sealed);
      const secret = await secretOf(state, outside);
      const index = state.status === "deleted" ? undefined : await indexOf(state, secret, outside, signal);
      if (index && "refused" in index) return fail(index.refused);
      const read = index ? indexFingerprint(index.bytes) : "";
      // The same bytes offer the same.
      if (index && read === state.indexFingerprint) return finish(state.packages.size, read);
      const offers = index ? await outside.readOffers(index.bytes, repoId, state.settings, signal) : [];
      if ("refused" in offers) return fail(offers.refused);
      const { changed, gone } = compared(state.packages, offers);
      const bad = await list(changed, event, state, secret, context);
      if (bad.length > 0) return fail(sentence(bad));
      await unlist(gone, event, context);
      return finish(offers.length, offers.every(tellsAll) ? read : "");
    },
    otherwise: ({ repoId, repoEventId }, { message }) => ({ type: "FailIndexing", repoId, repoEventId, reason: message }),
  }),
};

const secretOf = async ({ status, settings: { sealedCredential } }: RegisteredRepo, { open }: RepoOutside): Promise<Secret> => {
  // Of a deleted repository nothing is read, and its secret may be destroyed already.
  if (status === "deleted" || sealedCredential === null) return openToAll;
  const secret: Partial<Secret> = JSON.parse(await open(sealedCredential));
  return { ...openToAll, ...secret };
};

const indexOf = async (
  { settings }: RegisteredRepo,
  secret: Secret,
  { readFile }: RepoOutside,
  signal: AbortSignal,
): Promise<FileAnswer> => {
  const repository = settings.url;
  const answer = await readFile({ url: indexUrl(repository), repository, secret, limit: indexBytes, signal });
  signal.throwIfAborted();
  return answer;
};

/** Lists what is new or changed. What may be listed is recorded before it is, so that nothing can be listed unknown to the repo. */
const list = async (
  offers: readonly Offer[],
  event: RepoIndexingRequested,
  state: RegisteredRepo,
  secret: Secret,
  { outside, report, signal }: Context,
): Promise<readonly string[]> => {
  const { repoId, repoEventId } = event;
  const record = (packages: readonly RecordedPackage[]) => report({ type: "RecordListing", repoId, repoEventId, packages, unlisted: [] });
  const unknown = offers.filter(({ packageId }) => !state.packages.has(packageId));
  for (const some of chunks(unknown, 1_000)) await record(some.map(({ packageId, appId }) => ({ packageId, appId, fingerprint: "" })));
  const bad: string[] = [];
  for (const some of chunks(offers, RECORDED)) {
    if (bad.length >= ENOUGH) break;
    const listed: RecordedPackage[] = [];
    const kept = await outside.blobs.has(some.map(({ entry }) => digestIn(entry)));
    await eachOf(some, AT_ONCE, async (offer) => {
      const { packageId, appId, fingerprint, name, entry } = offer;
      try {
        await report(await listingOf(offer, event, state, outside, { secret, signal, kept }));
        listed.push({ packageId, appId, fingerprint });
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
  for (const some of chunks(gone, RECORDED)) {
    await eachOf(some, AT_ONCE, ({ packageId, appId }) =>
      report({ type: "UnlistPackage", packageId, repoId, repoEventId, run, appId, versionId: `appv-${packageId}` }),
    );
    await report({ type: "RecordListing", repoId, repoEventId, packages: [], unlisted: some.map(({ packageId }) => packageId) });
  }
};

const sentence = (bad: readonly string[]): string =>
  [...bad.slice(0, 5), ...(bad.length > 5 ? [`and ${bad.length - 5} more`] : [])].join("; ").slice(0, 4_000);
