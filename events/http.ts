import type { OperationId, Operations } from "../schemas/generated/http.ts";
import type { Rejection } from "./decider.ts";
import type { Actor, Message } from "./message.ts";
import type { Condition } from "./ports.ts";

/** The request of an operation: path, query and body merged, checked against the OpenAPI document. */
export type RequestOf<O extends OperationId> = Operations[O]["request"];
export type AnswerOf<O extends OperationId> = Operations[O]["answer"];

/** What a command row is given at run time. */
export type CommandContext<Needs, Prepared> = {
  readonly actor: Actor;
  /** A new id with its prefix, `cl-B6BZVN3mOPvx`; under an idempotency key the same one again. */
  readonly newId: (prefix: string) => string;
  /** The action (job) that this request starts, `j-...`; made on first use, and echoed by every event that follows from it. */
  readonly actionId: () => string;
  /** Documents of the service's own read models that the row asked for; 404 was answered where one is missing. */
  readonly needs: Needs;
  readonly prepared: Prepared;
};

/** What belongs to the edge: asynchronous or random work before the decision. */
export type Edge = {
  /** Makes a secret unreadable outside the platform; for events. */
  readonly seal: (secret: string) => Promise<string>;
  readonly open: (sealed: string) => Promise<string>;
  /** Slow one-way hash of a password, with its salt. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly verifyPassword: (password: string, hash: string) => Promise<boolean>;
  readonly putBlob: (bytes: Uint8Array) => Promise<string>;
  readonly getBlob: (digest: string) => Promise<Uint8Array | undefined>;
  readonly randomToken: (bytes: number) => string;
  readonly now: () => number;
};

/** What a row that reads may ask of the service's own read models. Lists hold only what the caller may see. */
export type Reads<ReadModels> = {
  readonly get: <M extends keyof ReadModels & string>(model: M, id: string) => Promise<ReadModels[M] | undefined>;
  readonly all: <M extends keyof ReadModels & string>(
    model: M,
    where: readonly Condition[],
    limit?: number,
  ) => Promise<readonly ReadModels[M][]>;
};

/** How one read-model document is asked for: the model and the id in the request. `own`: the caller must be allowed to change it (the default); `any`: it must exist. */
export type Need<ReadModels, Request> = {
  readonly [M in keyof ReadModels & string]: readonly [model: M, id: (request: Request) => string | undefined, access?: "own" | "any"];
}[keyof ReadModels & string];
export type NeedsOf<ReadModels, N> = {
  readonly [K in keyof N]: N[K] extends readonly [infer M extends keyof ReadModels, ...unknown[]] ? ReadModels[M] : never;
};

export type CommandRow = {
  readonly kind: "command";
  readonly operation: OperationId;
  /** A request with this array is carried out once an id, atomic per item. */
  readonly each?: string;
  readonly needs?: { readonly [name: string]: readonly [string, (request: never) => string | undefined, ("own" | "any")?] };
  readonly prepare?: (request: never, edge: Edge, reads: Reads<never>, actor: Actor) => Promise<unknown>;
  readonly command: (request: never, context: CommandContext<never, never>) => Message | readonly Message[] | Rejection;
  readonly answer: (request: never, context: CommandContext<never, never>) => unknown;
};

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
  readonly where?: readonly Condition[] | ((request: never) => readonly Condition[]);
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

/** One operation of the OpenAPI document. */
export type HttpRow = CommandRow | QueryRow | AnswerRow;

/** Row makers of a service, typed by its commands and read models. */
export const rows = <Command extends Message, ReadModels>() => ({
  /** Request to command. */
  command: <
    O extends OperationId,
    const N extends { readonly [name: string]: Need<ReadModels, RequestOf<O>> } = Record<never, never>,
    Prepared = undefined,
  >(
    operation: O,
    row: {
      readonly each?: keyof RequestOf<O> & string;
      readonly needs?: N;
      readonly prepare?: (request: RequestOf<O>, edge: Edge, reads: Reads<ReadModels>, actor: Actor) => Promise<Prepared>;
      readonly command: (
        request: RequestOf<O>,
        context: CommandContext<NeedsOf<ReadModels, N>, Prepared>,
      ) => Command | readonly Command[] | Rejection;
      readonly answer: (request: RequestOf<O>, context: CommandContext<NeedsOf<ReadModels, N>, Prepared>) => AnswerOf<O>;
    },
  ): HttpRow => ({ kind: "command", operation, ...row }) as unknown as HttpRow, // The row's types are checked here and forgotten in the table.

  /** Request to a page of a read model. */
  query: <O extends OperationId, M extends keyof ReadModels & string>(
    operation: O,
    row: Omit<QueryRow, "kind" | "operation" | "from" | "where" | "present" | "search" | "sort"> & {
      readonly from: M;
      readonly search: readonly (keyof ReadModels[M] & string)[];
      readonly sort?: keyof ReadModels[M] & string;
      readonly where?: readonly Condition[] | ((request: RequestOf<O>) => readonly Condition[]);
      // biome-ignore lint/suspicious/noExplicitAny: the joined rows come from other models; the row that names them knows which.
      readonly present?: (document: ReadModels[M], joined: { readonly [field: string]: readonly any[] }) => object;
    },
  ): HttpRow => ({ kind: "query", operation, ...row }) as unknown as HttpRow, // As above.

  /** A read that is no page: statistics, one document, bytes. */
  answer: <O extends OperationId>(
    operation: O,
    answer: (request: RequestOf<O>, reads: Reads<ReadModels>, edge: Edge, actor: Actor) => Promise<AnswerOf<O> | Rejection>,
  ): HttpRow => ({ kind: "answer", operation, answer }) as unknown as HttpRow, // As above.
});
