import type { Actor, Condition, Counts, Decision, Message, Of, Rejection, Sealed } from "../../../events/index.ts";
import type { OperationId, Operations } from "../../../schemas/generated/http.ts";
import type { SecretLocation } from "../access/envelope.ts";
import type { Guess, Places } from "../access/guessing.ts";
import type { RuleArgument, Rules } from "../access/rules.ts";
import type { RefreshClaims, SigningKey, TokenClaims, TokenUse } from "../access/tokens.ts";
import type { Rights, Source } from "./frames.ts";
import type { Problem } from "./problems.ts";

/** The request of an operation: path, query and body merged, checked against the OpenAPI document. */
export type RequestOf<O extends OperationId> = Operations[O]["request"];
export type AnswerOf<O extends OperationId> = Operations[O]["answer"];
type BytesOperation = { [O in OperationId]: AnswerOf<O> extends Uint8Array ? O : never }[OperationId];

/** What every row gets with its request. */
export type Context = {
  /** The caller; the user id is empty in public operations. */
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** What `command` and `answer` of a command row get. Both are pure. */
export type CommandContext<Needs, Prepared> = Context & {
  /**
   * A new id with its prefix, `cl-B6BZVN3mOPvx`; under an idempotency key the same one again.
   * The n-th call with a prefix gives the same id in `command` and in `answer`.
   */
  readonly newId: (prefix: string) => string;
  /** The action (job) that this request starts, `j-...`: made on first use, one for each item of `each`. All events that follow carry it. */
  readonly actionId: () => string;
  /** The item's id in a row with `each`, whose request holds an array of this one id; empty in other rows. */
  readonly item: string;
  /** The documents of the service's own read models that the row needs. */
  readonly needs: Needs;
  readonly prepared: Prepared;
};

/** The edge of a service: asynchronous or random work before the decision. */
export type Edge = {
  /** Encrypts a secret for one field of one stream's events. */
  readonly seal: (secret: string, location: SecretLocation) => Promise<Sealed>;
  /** Decrypts what was sealed for this location. */
  readonly open: (sealed: Sealed, location: SecretLocation) => Promise<string>;
  /** Destroys the key of a deleted secret: its ciphertext cannot be read any more, wherever it is stored. */
  readonly destroyKey: (sealed: Sealed) => Promise<void>;
  /** Slow one-way hash of a password that somebody chose, with its salt; the rejection of a weak one. */
  readonly hashPassword: (password: string) => Promise<{ readonly passwordHash: string } | Rejection>;
  /** The same of a secret that a program has, and nobody chose. */
  readonly hashSecret: (secret: string) => Promise<string>;
  readonly verifyPassword: (password: string, hash: string) => Promise<boolean>;
  /** Whether the secret of a program was right before, and that it is. Such a secret comes with every request, and then costs nothing. */
  readonly wasRight: (secret: string, hash: string) => boolean;
  readonly rememberRight: (secret: string, hash: string) => void;
  /** Checks a guess of a secret, unless too many were wrong; guesses under the first limit take turns. */
  readonly guess: Guess;
  /** Where guesses were right before. */
  readonly places: Places;
  /** The network address of the caller. Outside of any request empty. */
  readonly address: string;
  readonly putBlob: (bytes: Uint8Array) => Promise<string>;
  readonly getBlob: (digest: string) => Promise<Uint8Array | undefined>;
  /** An unguessable text in base64url; the same again under the same idempotency key. */
  readonly randomToken: (bytes: number) => string;
  /** A new key pair for signing tokens, its private half sealed. */
  readonly newSigningKey: () => Promise<SigningKey>;
  /** A JWT (ES256). Every service accepts an `access` token whose key was announced; `id` tokens are for clients. */
  readonly signToken: (key: SigningKey, use: TokenUse, subject: string, seconds: number, claims?: TokenClaims) => Promise<string>;
  /** A token that only the platform can read: the same one for the same claims. It expires so many seconds after `iat`. */
  readonly signRefreshToken: (claims: RefreshClaims, seconds: number) => Promise<string>;
  readonly readRefreshToken: (token: string) => Promise<RefreshClaims | "expired" | "invalid">;
  /** A header of the request. */
  readonly header: (name: string) => string | undefined;
};

/** Reads of the service's own read models. What they give is within a rule; what is judged by any document leaves only the judgement. */
export type Reads<ReadModels> = {
  /** The document, if there is one and the rule (`own` unless it is named) allows it to the caller. */
  readonly get: <M extends keyof ReadModels & string>(
    model: M,
    id: string,
    ...rule: RuleArgument<ReadModels[M]>
  ) => Promise<ReadModels[M] | undefined>;
  readonly all: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    limit?: number,
    ...rule: RuleArgument<ReadModels[M]>
  ) => Promise<readonly ReadModels[M][]>;
  /**
   * The documents that a row names in a field, by their ids, such as the roles of a user: who was given the row has its parts. Several fields
   * make one id, with `@` between them. Throws if no rule gave the row.
   */
  readonly parts: <M extends keyof ReadModels & string, Row extends object>(
    row: Row,
    model: M,
    ...fields: readonly [keyof Row & string, ...(keyof Row & string)[]]
  ) => Promise<readonly ReadModels[M][]>;
  /** Ids of documents, whoever owns them: an id opens nothing. */
  readonly ids: (model: keyof ReadModels & string, where: readonly Condition[], limit: number) => Promise<readonly string[]>;
  /** Judges by all documents, whoever owns them. Nothing of them but the judgement leaves. */
  readonly judge: <J extends Judgement>(by: (unscoped: Unscoped<ReadModels>) => Promise<J>) => Promise<J>;
  /** Counts the documents that the caller may see, by a field, in the database. The ten most frequent values by default. */
  readonly count: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    by: { readonly field: keyof ReadModels[M] & string; readonly prefix?: number; readonly limit?: number },
  ) => Promise<Counts>;
  /** Whether the caller's data level covers a row. */
  readonly sees: (row: { readonly owner?: unknown; readonly owner_group?: unknown }) => boolean;
};
/** Yes, no, or a refusal. */
export type Judgement = boolean | undefined | Rejection | Problem;

/** Reads of all documents. Only a judgement has them, and the operations in which callers prove who they are. */
export type Unscoped<ReadModels> = {
  readonly get: <M extends keyof ReadModels & string>(model: M, id: string) => Promise<ReadModels[M] | undefined>;
  readonly find: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    limit?: number,
  ) => Promise<readonly ReadModels[M][]>;
};

/** What the asynchronous part of a row gets: reads, the edge, and the service's outside. */
export type EdgeContext<ReadModels, Outside> = Context & Reads<ReadModels> & { readonly edge: Edge; readonly outside: Outside };
/** The operations in which callers prove who they are. They have no caller yet, whom a rule could give anything. */
export const signIns = ["Token", "RevokeToken"] as const satisfies readonly OperationId[];
export type SignIn = (typeof signIns)[number];
export type SignInContext<ReadModels, Outside> = EdgeContext<ReadModels, Outside> & { readonly unscoped: Unscoped<ReadModels> };
/** The context before a command, with the documents that the row needs and the item's id. */
export type PrepareContext<ReadModels, Outside, Needs, O extends OperationId = never> = (O extends SignIn
  ? SignInContext<ReadModels, Outside>
  : EdgeContext<ReadModels, Outside>) & {
  readonly needs: Needs;
  readonly item: string;
  /** The ids that `command` gets, so that a secret of a new stream can be sealed for it. */
  readonly newId: (prefix: string) => string;
};

/** One read-model document that a row needs: the model, the id, and the rule by which the caller may use it (`own` by default). */
export type Need<ReadModels> = {
  [M in keyof ReadModels & string]: readonly [model: M, id: string | undefined, ...rule: RuleArgument<ReadModels[M]>];
}[keyof ReadModels & string];
/** Documents of a model in a field of each row: those whose field `on` equals the row's field `id`, and that the rule gives the caller. */
type Join<ReadModels> = {
  [M in keyof ReadModels & string]: readonly [model: M, on: string, id: string, ...rule: RuleArgument<ReadModels[M], "part">];
}[keyof ReadModels & string];
/** The documents, as the row gets them. An optional id gives an optional document. */
export type NeedsOf<ReadModels, N> = {
  readonly [K in keyof N]: N[K] extends readonly [infer M extends keyof ReadModels, infer Id, ...unknown[]]
    ? ReadModels[M] | (undefined extends Id ? undefined : never)
    : never;
};

/** A need whose types its row's maker has checked. */
export type AnyNeed = readonly [model: string, id: string | undefined, rule?: Rules];
export type CommandRow<Outside = never> = {
  readonly kind: "command";
  readonly operation: OperationId;
  /** The commands that the row can issue. */
  readonly issues: readonly string[];
  /** A request field with ids: the request is carried out once for each, atomic per item. */
  readonly each?: string;
  readonly needs?: (request: never, item: string) => { readonly [name: string]: AnyNeed };
  /** The request field that `prepare` is for: a request without it is not prepared. */
  readonly prepareIf?: string;
  readonly prepare?: (request: never, context: PrepareContext<never, Outside, never, never>) => Promise<unknown>;
  readonly command: (request: never, context: CommandContext<never, never>) => Message | readonly Message[] | Rejection;
  readonly guard?: Guard<never, never, never> | undefined;
  /** Gets all commands of the request, of all its items. */
  readonly answer: (commands: never, context: CommandContext<never, never>, request: never) => unknown;
};

export type QueryRow = {
  readonly kind: "query";
  readonly operation: OperationId;
  readonly from: string;
  /** Request fields that filter, by the document's field of the same name unless renamed. */
  readonly filters: readonly (string | readonly [request: string, field: string])[];
  /** Fields in which `search_word` is searched; fields that end in `_id` must equal it. */
  readonly search: readonly string[];
  /** The sort key if the request names none, or one that it may not use; `create_time` by default. */
  readonly sort?: string;
  readonly ascending?: boolean;
  /** Conditions that always hold. */
  readonly where?: readonly Condition[] | ((request: never, context: Context) => readonly Condition[]);
  /** The rule that says which rows a caller sees; `own` by default. */
  readonly rule?: Rules;
  /** Documents of other read models in a field of each row: those of the model whose field `on` equals the row's field `id`. */
  readonly join?: { readonly [field: string]: readonly [model: string, on: string, id: string, rule?: Rules] };
  /** Makes a row of the answer; undefined: none. */
  readonly present?: (
    document: never,
    joined: { readonly [field: string]: readonly never[] },
    outside: never,
  ) => object | undefined | Promise<object | undefined>;
  readonly sealed?: SealedFields<never, never>;
};

/**
 * Fields that the documents of a model hold as ciphertext. The rows of a page are opened; a filter, a search or a sort by such a field opens all rows
 * that the caller may see, up to ten thousand.
 */
export type SealedFields<Document, Outside> = {
  readonly fields: readonly string[];
  readonly open: (document: Document, outside: Outside) => Promise<object>;
  /** Fields that are found by another one, without opening: its name, and its values for a text. */
  readonly lookup: { readonly [field: string]: readonly [by: string, (text: string, outside: Outside) => readonly string[]] };
};

export type AnswerRow<Outside = never> = {
  readonly kind: "answer";
  readonly operation: OperationId;
  readonly answer: (request: never, context: EdgeContext<never, Outside>) => Promise<unknown>;
};

/** A file as an answer. */
export type BytesRow<Outside = never> = Omit<AnswerRow<Outside>, "kind"> & { readonly kind: "bytes" };
/** The answer of such a row. */
export type FileAnswer = {
  readonly bytes: Uint8Array;
  /** Its media type. */
  readonly type: string;
  /** The name under which it is stored. */
  readonly filename?: string;
  /** Names the content: a caller that has it already does not get it again. */
  readonly etag?: string;
};

/** Server-sent events as an answer, yielded as fast as the caller takes them. Limits of usual answers are not for it. */
export type StreamRow<Outside = never> = Omit<AnswerRow<Outside>, "kind"> & { readonly kind: "stream" };
export type StreamContext<ReadModels, Outside> = EdgeContext<ReadModels, Outside> & {
  /** Aborted when the caller leaves or may not go on, or the process stops: the row then stops waiting. */
  readonly signal: AbortSignal;
  /** The caller's rights as they are now: to be asked for whenever something is sent. */
  readonly rights: Rights;
  /** The id of the last message that the caller has received, from an earlier stream. */
  readonly lastEventId: string | undefined;
};

export type HttpRow<Outside = never> = CommandRow<Outside> | QueryRow | AnswerRow<Outside> | BytesRow<Outside> | StreamRow<Outside>;

/** Judges the commands of rows before they are carried out. */
export type Guard<Command, ReadModels, Outside = unknown, Event extends Message = never> = {
  /** A rejection is the answer; a problem says "not now". */
  readonly judge: (
    command: Command,
    context: Context &
      Reads<ReadModels> & {
        readonly outside: Outside;
        /** What the command would commit at this moment, or its rejection. No access rule is applied. */
        readonly foresee: () => Promise<Decision<Event>>;
      },
  ) => Promise<Rejection | Problem | undefined>;
  /** Whether a command is judged and carried out in a turn of its own, by what those before it have changed. */
  readonly inTurn: (command: Command) => boolean;
};

/**
 * Makes the rows of a service, checked against its commands, its read models, its outside and the OpenAPI document. The guard judges every
 * command of every row.
 */
export const rows = <Command extends Message, ReadModels, Outside = unknown>(guard?: Guard<Command, ReadModels, Outside>) => ({
  /** Request to command. */
  command: <
    O extends OperationId,
    const T extends Command["type"],
    const N extends { readonly [name: string]: Need<ReadModels> } = Record<never, never>,
    Prepared = undefined,
  >(
    operation: O,
    row: {
      readonly issues: T | readonly T[];
      readonly each?: keyof RequestOf<O> & string;
      readonly needs?: (request: RequestOf<O>, item: string) => N;
      /** The request field that `prepare` is for: a request without it is not prepared, and costs no look at its idempotency key. */
      readonly prepareIf?: undefined extends Prepared ? keyof RequestOf<O> & string : never;
      /** Runs before `command`, and not at all if the request's idempotency key was used. A rejection is the answer; a problem says "not now". */
      readonly prepare?: (
        request: RequestOf<O>,
        context: PrepareContext<ReadModels, Outside, NeedsOf<ReadModels, N>, O>,
      ) => Promise<Prepared | Rejection | Problem>;
      readonly command: (
        request: RequestOf<O>,
        context: CommandContext<NeedsOf<ReadModels, N>, Exclude<Prepared, Rejection | Problem>>,
      ) => Of<Command, T> | readonly Of<Command, T>[] | Rejection;
      readonly answer: (
        commands: readonly [Of<Command, T>, ...Of<Command, T>[]],
        context: CommandContext<NeedsOf<ReadModels, N>, Exclude<Prepared, Rejection | Problem>>,
        request: RequestOf<O>,
      ) => AnswerOf<O>;
    },
  ): HttpRow<Outside> => ({ kind: "command", operation, ...row, issues: [row.issues].flat(), guard }) as unknown as CommandRow<Outside>, // The row's types are checked here and forgotten in the table.

  /** Request to a page of a read model. */
  query: <O extends OperationId, M extends keyof ReadModels & string>(
    operation: O,
    row: Omit<QueryRow, "kind" | "operation" | "from" | "where" | "present" | "search" | "sort" | "rule" | "join" | "sealed"> & {
      readonly from: M;
      readonly rule?: RuleArgument<ReadModels[M]>[0];
      readonly join?: { readonly [field: string]: Join<ReadModels> };
      readonly search: readonly (keyof ReadModels[M] & string)[];
      readonly sort?: keyof ReadModels[M] & string;
      readonly where?: readonly Condition[] | ((request: RequestOf<O>, context: Context) => readonly Condition[]);
      readonly present?: (
        document: ReadModels[M],
        // biome-ignore lint/suspicious/noExplicitAny: the joined rows come from other models; the row that names them knows which.
        joined: { readonly [field: string]: readonly any[] },
        outside: Outside,
      ) => object | undefined | Promise<object | undefined>;
      readonly sealed?: SealedFields<ReadModels[M], Outside>;
    },
  ): HttpRow<Outside> => ({ kind: "query", operation, ...row }) as unknown as QueryRow, // Checked here, forgotten in the table.

  /** A read that is not a page: statistics, one document. */
  answer: <O extends OperationId>(
    operation: O,
    answer: (request: RequestOf<O>, context: EdgeContext<ReadModels, Outside>) => Promise<AnswerOf<O> | Rejection | Problem>,
  ): HttpRow<Outside> => ({ kind: "answer", operation, answer }) as unknown as AnswerRow<Outside>, // Checked here, forgotten in the table.

  /** A file, sent as it is. */
  bytes: <O extends BytesOperation>(
    operation: O,
    answer: (request: RequestOf<O>, context: EdgeContext<ReadModels, Outside>) => Promise<FileAnswer | Rejection>,
  ): HttpRow<Outside> => ({ kind: "bytes", operation, answer }) as unknown as BytesRow<Outside>, // Checked here, forgotten in the table.

  /** Server-sent events, each an answer of the operation. */
  stream: <O extends OperationId>(
    operation: O,
    answer: (request: RequestOf<O>, context: StreamContext<ReadModels, Outside>) => Promise<Source<AnswerOf<O>> | Rejection>,
  ): HttpRow<Outside> => ({ kind: "stream", operation, answer }) as unknown as StreamRow<Outside>, // Checked here, forgotten in the table.
});
