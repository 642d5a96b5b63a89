import type { CauseCipher, Contract, Decider, Effects, Projection, Service, Timers } from "../../../events/index.ts";
import { effect } from "../../../events/index.ts";

// A service with everything that a store alone knows: causes, claims, effects and timers.

const record = (name: string, ...fields: readonly string[]) => ({
  ...{ type: "record", namespace: "toys.book", name },
  fields: fields.map((field) => ({ name: field, type: "string" })),
});
export const causes: CauseCipher = {
  seal: (cause) => `k1.${Buffer.from(cause).toString("base64url")}`,
  open: (sealed) => (sealed.startsWith("k1.") ? Buffer.from(sealed.slice(3), "base64url").toString() : undefined),
};
export const contract: Contract = {
  ...{ prefix: "toys", causes },
  schemas: [
    { id: 1, aggregate: "book", event: "Registered", schema: record("Registered", "bookId", "title") },
    { id: 2, aggregate: "book", event: "Renamed", schema: record("Renamed", "bookId", "title") },
    { id: 3, aggregate: "book", event: "Lent", schema: record("Lent", "bookId", "to") },
    { id: 4, aggregate: "book", event: "Returned", schema: record("Returned", "bookId") },
  ],
};

type Registered = { readonly type: "Registered"; readonly bookId: string; readonly title: string };
type Renamed = { readonly type: "Renamed"; readonly bookId: string; readonly title: string };
type Lent = { readonly type: "Lent"; readonly bookId: string; readonly to: string };
type Returned = { readonly type: "Returned"; readonly bookId: string };
type BookEvent = Registered | Renamed | Lent | Returned;
type Events = { readonly Registered: Registered; readonly Renamed: Renamed; readonly Lent: Lent; readonly Returned: Returned };
export type Command =
  | { readonly type: "Register"; readonly bookId: string; readonly title: string; readonly to?: string }
  | { readonly type: "Rename"; readonly bookId: string; readonly title: string }
  | { readonly type: "Lend"; readonly bookId: string; readonly to: string }
  | { readonly type: "Return"; readonly bookId: string };
type Book = { readonly title: string; readonly isOut: boolean };

/** A title belongs to one book. */
const book: Decider<Command, BookEvent, Book> = {
  key: "bookId",
  initialState: { title: "", isOut: false },
  decide: {
    Register: ({ bookId, title, to }, { title: before }) => {
      if (before !== "") return [];
      const registered: Registered = { type: "Registered", bookId, title };
      return to === undefined ? [registered] : [registered, { type: "Lent", bookId, to }];
    },
    Rename: ({ bookId, title }) => [{ type: "Renamed", bookId, title }],
    Lend: ({ bookId, to }, { isOut }) => (isOut ? { rejected: `${bookId} is out` } : [{ type: "Lent", bookId, to }]),
    Return: ({ bookId }, { isOut }) => (isOut ? [{ type: "Returned", bookId }] : []),
  },
  evolve: {
    Registered: (_, { title }) => ({ title, isOut: false }),
    Renamed: (state, { title }) => ({ ...state, title }),
    Lent: (state) => ({ ...state, isOut: true }),
    Returned: (state) => ({ ...state, isOut: false }),
  },
  claims: ({ title }) => (title === "" ? [] : [`title ${title}`]),
  taken: (claim) => ({ rejected: `${claim} is taken` }),
};

export type Outside = { readonly calls: string[] };
/** A reader called "keeps" keeps a book until its time is up. */
const effects: Effects<Outside, Command, BookEvent, Book> = {
  Lent: effect({
    ends: ["Return"],
    run: async ({ bookId, to }, { outside, eventId }) => {
      outside.calls.push(eventId);
      if (to === "keeps") throw new Error("it is not back yet");
      return { type: "Return", bookId };
    },
  }),
};
const timers: Timers<Command, BookEvent> = {
  Lent: { issues: "Return", after: ({ to }) => (to === "keeps" ? 3_600_000 : undefined), given: ({ bookId }) => ({ bookId }) },
};
const books: Projection<Events, { readonly title: string; readonly lent: number }> = {
  name: "books",
  version: 1,
  initialState: { title: "", lent: 0 },
  evolve: {
    Registered: (document, { title }) => ({ ...document, title }),
    Renamed: (document, { title }) => ({ ...document, title }),
    Lent: (document) => ({ ...document, lent: document.lent + 1 }),
  },
};
export const library: Service<Outside> = {
  name: "library",
  aggregates: { book: { decider: book, effects, timers } },
  projections: [books],
};
