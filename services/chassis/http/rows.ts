import type { Rejection } from "../../../events/decider.ts";
import type { Actor, Message } from "../../../events/message.ts";
import type { Condition, Counts } from "../../../events/ports.ts";
import type { OperationId, Operations } from "../../../schemas/generated/http.ts";

/** The request of an operation: path, query and body merged, checked against the OpenAPI document. */
export type RequestOf<O extends OperationId> = Operations[O]["request"];
export type AnswerOf<O extends OperationId> = Operations[O]["answer"];
type BytesOperation = { [O in OperationId]: AnswerOf<O> extends Uint8Array ? O : never }[OperationId];

/** What a command row is given at run time. */
export type CommandContext<Needs, Prepared> = {
  readonly actor: Actor;
  /**
   * A new id with its prefix, `cl-B6BZVN3mOPvx`; under an idempotency key the same one again.
   * The n-th call with a prefix gives the same id in `command` and in `answer`.
   */
  readonly newId: (prefix: string) => string;
  /** The action (job) that this request starts, `j-...`; made on first use, and echoed by every event that follows from it; one an item of `each`. */
  readonly actionId: () => string;
  /** The id in hand of a row with `each`; empty otherwise. The request then holds an array of this one id. */
  readonly item: string;
  /** Documents of the service's own read models that the row asked for; 404 was answered where one is missing. */
  readonly needs: Needs;
  readonly prepared: Prepared;
};

/** What belongs to the edge: asynchronous or random work before the decision. */
export type Edge = {
  /** Makes a secret unreadable outside the platform; for events. */
  readonly seal: (secret: string) => Promise<string>;
  readonly open: (sealed: string) => Promise<string>;
  /** Destroys the key of a secret that is deleted: whatever still holds its ciphertext cannot be read any more. */
  readonly forget: (sealed: string) => Promise<void>;
  /** Slow one-way hash of a password, with its salt. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly verifyPassword: (password: string, hash: string) => Promise<boolean>;
  readonly putBlob: (bytes: Uint8Array) => Promise<string>;
  readonly getBlob: (digest: string) => Promise<Uint8Array | undefined>;
  /** Unguessable, in base64url; under an idempotency key the same one again. */
  readonly randomToken: (bytes: number) => string;
  /** A new pair for signing tokens, its private half sealed. */
  readonly newSigningKey: () => Promise<SigningKey>;
  /** A JWT (ES256). Every service takes an `access` token whose key was announced; `refresh` and `id` are for who issued them. */
  readonly signToken: (key: SigningKey, use: TokenUse, subject: string, seconds: number, claims?: TokenClaims) => Promise<string>;
  /** What a token says, if it was signed with the key and is of that use; its claims hold `sub`, `iat` and `exp` too. */
  readonly readToken: (publicJwk: string, use: TokenUse, token: string) => Promise<TokenClaims | "expired" | "invalid">;
  readonly now: () => number;
  /** A header of the request at hand. */
  readonly header: (name: string) => string | undefined;
};

/** As `SigningKeyAnnounced` carries it; the public half is JWK as JSON text. */
export type SigningKey = { readonly keyId: string; readonly publicJwk: string; readonly sealedPrivateJwk: string };
export type TokenUse = "access" | "refresh" | "id";
export type TokenClaims = { readonly [name: string]: unknown };

/** What a row that reads may ask of the service's own read models. Lists hold only what the caller may see. */
export type Reads<ReadModels> = {
  readonly get: <M extends keyof ReadModels & string>(model: M, id: string) => Promise<ReadModels[M] | undefined>;
  readonly all: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    limit?: number,
  ) => Promise<readonly ReadModels[M][]>;
  /** As `all`, whoever asks: for what a row decides, never for what it shows. */
  readonly find: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    limit?: number,
  ) => Promise<readonly ReadModels[M][]>;
  /** Counts the documents that the caller may see in the database, by a field; the ten most frequent values unless told otherwise. */
  readonly count: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    by: { readonly field: keyof ReadModels[M] & string; readonly prefix?: number; readonly limit?: number },
  ) => Promise<Counts>;
  /** May the caller see what somebody owns or did? */
  readonly sees: (row: { readonly owner?: unknown; readonly owner_path?: unknown }) => boolean;
};

/** One read-model document that a row asks for: the model and the id. `own`: the caller must be allowed to change it (the default); `any`: it must exist. */
export type Need<ReadModels> = readonly [model: keyof ReadModels & string, id: string | undefined, access?: "own" | "any"];
/** The documents, as the row gets them; an id that may be absent gives a document that may be. */
export type NeedsOf<ReadModels, N> = {
  readonly [K in keyof N]: N[K] extends readonly [infer M extends keyof ReadModels, infer Id, ...unknown[]]
    ? ReadModels[M] | (undefined extends Id ? undefined : never)
    : never;
};

/** What was found before `prepare`: the documents that the row needs, and the id in hand. */
export type Found<Needs> = { readonly needs: Needs; readonly item: string };

export type CommandRow = {
  readonly kind: "command";
  readonly operation: OperationId;
  /** A request with this array is carried out once an id, atomic per item. */
  readonly each?: string;
  readonly needs?: (request: never, item: string) => { readonly [name: string]: Need<Record<string, never>> };
  readonly prepare?: (request: never, edge: Edge, reads: Reads<never>, actor: Actor, found: Found<never>) => Promise<unknown>;
  readonly command: (request: never, context: CommandContext<never, never>) => Message | readonly Message[] | Rejection;
  /** All commands of the request, of `each` one an id. */
  readonly answer: (commands: never, context: CommandContext<never, never>, request: never) => unknown;
};

/** What the conditions of a query row are given at run time. */
export type QueryContext = Pick<Edge, "now">;

export type QueryRow = {
  readonly kind: "query";
  readonly operation: OperationId;
  readonly from: string;
  /** Request fields that filter; a field of the same name in the document unless renamed. Default: all that the document's list of indexes has. */
  readonly filters: readonly (string | readonly [request: string, field: string])[];
  /** Fields that `search_word` looks into; those that end in `_id` must equal it. */
  readonly search: readonly string[];
  /** Sort key when the request names none it may use; `create_time` by default. */
  readonly sort?: string;
  readonly ascending?: boolean;
  /** Conditions that always hold. */
  readonly where?: readonly Condition[] | ((request: never, context: QueryContext) => readonly Condition[]);
  /** Everybody with the permission sees every row. */
  readonly shared?: boolean;
  /** Rows of further read models put into each row: field, from the model whose `on` equals the row's `id`. */
  readonly join?: { readonly [field: string]: readonly [model: string, on: string, id: string] };
  readonly present?: (document: never, joined: { readonly [field: string]: readonly never[] }) => object;
};

export type AnswerRow = {
  readonly kind: "answer";
  readonly operation: OperationId;
  readonly answer: (request: never, reads: Reads<never>, edge: Edge, actor: Actor) => Promise<unknown>;
};

export type BytesRow = Omit<AnswerRow, "kind"> & { readonly kind: "bytes" };
/** A file as an answer. */
export type FileAnswer = {
  readonly bytes: Uint8Array;
  /** Its media type: images of a few types may be shown by browsers, anything else is a download. */
  readonly type: string;
  /** For downloads. */
  readonly filename?: string;
  /** Names the content: who has it already is not sent it again. */
  readonly etag?: string;
};

/** One operation of the OpenAPI document. */
export type HttpRow = CommandRow | QueryRow | AnswerRow | BytesRow;

/** Row makers of a service, typed by its commands and read models. */
export const rows = <Command extends Message, ReadModels>() => ({
  /** Request to command. */
  command: <
    O extends OperationId,
    const N extends { readonly [name: string]: Need<ReadModels> } = Record<never, never>,
    Prepared = undefined,
    C extends Command = Command,
  >(
    operation: O,
    row: {
      readonly each?: keyof RequestOf<O> & string;
      readonly needs?: (request: RequestOf<O>, item: string) => N;
      /** A rejection is the answer; the row's command does not see it. */
      readonly prepare?: (
        request: RequestOf<O>,
        edge: Edge,
        reads: Reads<ReadModels>,
        actor: Actor,
        found: Found<NeedsOf<ReadModels, N>>,
      ) => Promise<Prepared | Rejection>;
      readonly command: (
        request: RequestOf<O>,
        context: CommandContext<NeedsOf<ReadModels, N>, Exclude<Prepared, Rejection>>,
      ) => C | readonly C[] | Rejection;
      readonly answer: (
        commands: readonly [C, ...C[]],
        context: CommandContext<NeedsOf<ReadModels, N>, Exclude<Prepared, Rejection>>,
        request: RequestOf<O>,
      ) => AnswerOf<O>;
    },
  ): HttpRow => ({ kind: "command", operation, ...row }) as unknown as HttpRow, // The row's types are checked here and forgotten in the table.

  /** Request to a page of a read model. */
  query: <O extends OperationId, M extends keyof ReadModels & string>(
    operation: O,
    row: Omit<QueryRow, "kind" | "operation" | "from" | "where" | "present" | "search" | "sort"> & {
      readonly from: M;
      readonly search: readonly (keyof ReadModels[M] & string)[];
      readonly sort?: keyof ReadModels[M] & string;
      readonly where?: readonly Condition[] | ((request: RequestOf<O>, context: QueryContext) => readonly Condition[]);
      // biome-ignore lint/suspicious/noExplicitAny: the joined rows come from other models; the row that names them knows which.
      readonly present?: (document: ReadModels[M], joined: { readonly [field: string]: readonly any[] }) => object;
    },
  ): HttpRow => ({ kind: "query", operation, ...row }) as unknown as HttpRow, // As above.

  /** A read that is no page: statistics, one document. */
  answer: <O extends OperationId>(
    operation: O,
    answer: (request: RequestOf<O>, reads: Reads<ReadModels>, edge: Edge, actor: Actor) => Promise<AnswerOf<O> | Rejection>,
  ): HttpRow => ({ kind: "answer", operation, answer }) as unknown as HttpRow, // As above.

  /** A file, sent as it is. */
  bytes: <O extends BytesOperation>(
    operation: O,
    answer: (request: RequestOf<O>, reads: Reads<ReadModels>, edge: Edge, actor: Actor) => Promise<FileAnswer | Rejection>,
  ): HttpRow => ({ kind: "bytes", operation, answer }) as unknown as HttpRow, // As above.
});
