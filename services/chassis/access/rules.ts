import type { Condition } from "../../../events/index.ts";
import { matches } from "../../../events/runtime.ts";
import { type Caller, type Reach, visible } from "./access.ts";
import type { Owned as WithOwner } from "./ownership.ts";

/**
 * The rules by which a caller may use a document that somebody else may own. The set is closed: a need, a read or a join names one of
 * these, or takes `own`. Each gives the documents within reach. Without a caller, as in a public operation, only `public` and the
 * store's content are.
 */
const reachOf = {
  /** The caller's data level for this operation covers the row. */
  own: (caller) => (caller ? visible(caller) : nothing),
  /** What every user of the platform may see: categories, and what providers announce. */
  everybody: (caller) => (caller ? everything : nothing),
  /** What anybody may see without a token: categories, and which file an attachment is. */
  public: () => everything,
  /** A join's only: the documents are parts of the row, such as the nodes of a cluster. Who sees the row sees them. */
  part: (caller) => (caller ? everything : nothing),
  /** Released, and not suspended or deleted since; from a public repository, or one whose rows the caller's data level covers. */
  inStore: (caller) => [[released, published], ...(caller ? and(visible(caller), released) : nothing)],
  /** Submitted or in review, and covered by the caller's data level for one of the reviews. */
  underReview: (caller) =>
    reviews.flatMap((operation) => {
      const reviewer = caller?.as(operation);
      return reviewer ? and(visible(reviewer), reviewing) : nothing;
    }),
} as const satisfies { readonly [rule: string]: (caller: Caller | undefined) => Reach };

/** The fields that a rule reads: a rule cannot be used on documents without them. */
type RuleFields = {
  readonly own: Owned;
  readonly everybody: Category | { readonly provider: string; readonly zones: readonly string[] };
  readonly public: Category | { readonly attachment_id: string };
  readonly part: never;
  readonly inStore: Owned & { readonly status: string; readonly visibility: string };
  readonly underReview: Owned & { readonly status: string };
};
type Owned = Pick<WithOwner, "owner" | "owner_group">;
type Category = { readonly category_id: string; readonly locale: string };

/** The name of a rule. */
export type Rule = keyof typeof reachOf;
/** One rule, or several of which any one suffices. */
export type Rules = Rule | readonly Rule[];
/** The rules that fit a document. */
export type RuleFor<Document> = { [R in Rule]: Document extends RuleFields[R] ? R : never }[Rule];
type RulesFor<Document> = RuleFor<Document> | readonly RuleFor<Document>[];
/** A rule as the last argument. A document without an owner must name one; for others `own` is the default. */
export type RuleArgument<Document, More extends Rule = never> = Document extends Owned
  ? readonly [rule?: RulesFor<Document> | More]
  : readonly [rule: RulesFor<Document> | More];

const nothing: Reach = [];
const everything: Reach = [[]];
const released: Condition = { field: "status", in: ["active"] };
const published: Condition = { field: "visibility", in: ["public"] };
const reviewing: Condition = { field: "status", in: ["submitted", "in-review"] };
const reviews = ["IsvReviewAppVersion", "BusinessReviewAppVersion", "TechnicalReviewAppVersion"] as const;
const and = (reach: Reach, condition: Condition): Reach => reach.map((conditions) => [...conditions, condition]);

/** The documents that any of the rules gives the caller, as alternative conditions of a query; undefined for all documents. */
export const within = (rules: Rules, caller: Caller | undefined): Reach | undefined => {
  const reach = [rules].flat().flatMap((rule) => reachOf[rule](caller));
  return reach.some((conditions) => conditions.length === 0) ? undefined : reach;
};

type Document = { readonly [field: string]: unknown };
/** Tells the documents that any of the rules allows the caller. */
export const allowing = (rules: Rules, caller: Caller | undefined): ((document: Document) => boolean) => {
  const anyOf = within(rules, caller);
  return matches({ where: [], ...(anyOf && { anyOf }) });
};
/** Whether any of the rules allows the caller this document. */
export const allows = (rules: Rules, caller: Caller | undefined, document: Document): boolean => allowing(rules, caller)(document);
