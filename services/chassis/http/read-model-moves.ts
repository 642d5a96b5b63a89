import type { LogEnd, Pointer, Rebuild, RebuildOrder } from "../../../events/index.ts";
import { aborting, promoting, rebuilding, unproved, verifying } from "../../../events/runtime.ts";

/** What an operator asks of a read model. */
export type Asked = {
  /** The fold of this build. */
  readonly fold: number;
  /** Empty: the collection that is filled beside the active one. */
  readonly collection: string;
  readonly rate: Rebuild["rate"];
  /** Whether a rebuild may become active although it does not equal the live collection, or is not compared with it. */
  readonly unverified: boolean;
  /** The generation of the pointer that a plan was made for; null: whatever it is. */
  readonly generation: number | null;
  /** The ends of the log. */
  readonly ends: readonly LogEnd[];
  /** What is to be rebuilt, for `rebuild`. */
  readonly order?: Omit<RebuildOrder, "rate">;
  readonly now: number;
};
/** How the pointer changes. A text says why it must not, and what to do; undefined: it has changed already. */
export type Move = (pointer: Pointer, asked: Asked) => Pointer | string | undefined;

/** The changes that an operator may ask for. */
export const moves: { readonly [action: string]: Move | undefined } = {
  rebuild: (pointer, { fold, ends, order = { ends }, rate, generation }) => {
    const { model, active } = pointer;
    const other = asideOf(pointer);
    if (other !== undefined) return `${other} is filled beside ${active} already: verify, promote or abort it first`;
    const live = pointer.feeds.find(({ collection }) => collection === active);
    if (live?.fold !== fold)
      return `${model} answers from fold ${live?.fold ?? "none"}, and this build has fold ${fold}: wait for the change`;
    if (generation !== null && generation !== pointer.generation) return `${model} has changed since the plan was made: make another one`;
    return rebuilding(pointer, fold, { ...order, rate });
  },
  verify: (pointer, { collection, ends }) => {
    const name = collection || (asideOf(pointer) ?? "");
    const feed = pointer.feeds.find((each) => each.collection === name);
    if (!feed) return absent(name);
    if (feed.rebuild?.isLook) return unproved(pointer, name);
    return feed.rebuild ? verifying(pointer, name, ends) : `${name} follows the log: only what \`replay run\` has filled is compared`;
  },
  promote: (pointer, { collection, unverified }) => {
    const name = collection || (pointer.next ?? asideOf(pointer) ?? "");
    if (!isFed(pointer, name)) return absent(name);
    const reason = unproved(pointer, name);
    if (pointer.feeds.some(({ collection: each, rebuild }) => each === name && rebuild?.isLook)) return reason;
    return reason && !unverified ? `${reason}: see \`replay verify\`, or promote it as it is with --unverified` : promoting(pointer, name);
  },
  rollback: (pointer, { now }) => {
    const kept = pointer.feeds.filter(
      ({ until, collection, rebuild }) => until !== null && until > now && collection !== pointer.active && !rebuild,
    );
    // The one that was active last is kept longest.
    const former = kept.toSorted((one, other) => (other.until ?? 0) - (one.until ?? 0)).at(0);
    return former ? promoting(pointer, former.collection) : "there is no former collection any more: fill one anew with `replay run`";
  },
  abort: (pointer, { collection, now }) => {
    const name = collection || (asideOf(pointer) ?? "");
    if (name !== "" && name === pointer.active) return `${name} is the active collection: promote another one first`;
    return isFed(pointer, name) ? aborting(pointer, name, now) : absent(name);
  },
};

const absent = (collection: string): string =>
  `there is no ${collection === "" ? "collection beside the active one" : `collection ${collection}`}: see \`replay status\``;
const isFed = ({ feeds }: Pointer, name: string): boolean => feeds.some(({ collection }) => collection === name);
/** The collection that is filled beside the active one, and not given up. */
const asideOf = ({ feeds, active }: Pointer): string | undefined =>
  feeds.find(({ until, collection }) => until === null && collection !== active)?.collection;
