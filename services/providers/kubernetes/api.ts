import type { IncomingMessage } from "node:http";
import { backOff, type Clock } from "../../../events/index.ts";
import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import { connectionTo, type Sent } from "./connection.ts";
import type { Access } from "./kubeconfig.ts";
import { Forbidden, KubernetesError } from "./ports.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const MILLISECONDS = 15_000;
/** Milliseconds that a call waits in all for a server that asks for fewer requests. Afterwards it is an outage. */
const BUDGET = 60_000;
/** Of the objects in a watch only their metadata is sent. */
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
/** Bytes of one object in a watch. */
const MAX_LINE = 4 * 1024 * 1024;

export type ApiAnswer = { readonly status: number; readonly body: JsonObject };
export type Api = {
  /** Sends a request. Throws a KubernetesError if the credential is refused; any other error is an outage. */
  readonly send: (method: string, path: string, body?: object, type?: string) => Promise<ApiAnswer>;
  /** A read; undefined: there is no such thing. */
  readonly get: (path: string) => Promise<JsonObject | undefined>;
  /** The last bytes of a text; undefined: there is none. */
  readonly tail: (path: string, bytes: number) => Promise<string | undefined>;
  /** The metadata of objects as they come, one a line, until the server ends the answer. Throws like `send`; `Gone` if the server does not go back that far. */
  readonly lines: (path: string, each: (object: JsonObject) => void, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

/** A watch begins at a version that the server does not have any more. */
export class Gone extends Error {}

/** An API server at one address. A server that is busy (429) is asked again when it says. */
export const apiOf = (access: Access, address: string, clock: Clock): Api => {
  const { open, close } = connectionTo(access, address);

  const answered = async (sent: Sent, signal: AbortSignal): Promise<IncomingMessage> => {
    let left = BUDGET;
    for (let attempts = 1; ; attempts++) {
      const answer = await open(sent, AbortSignal.any([signal, AbortSignal.timeout(MILLISECONDS)]));
      if (answer.statusCode !== 429) return answer;
      const pause = pauseOf(answer, clock, attempts);
      left -= pause;
      if (left < 0) return answer;
      answer.resume();
      await clock.sleep(pause, signal);
    }
  };
  const send = async (sent: Sent): Promise<ApiAnswer> => {
    const answer = await answered(sent, never);
    return judged(answer.statusCode ?? 0, objectIn(await bytesOf(answer)));
  };

  return {
    send: (method, path, body, type) => send({ method, path, body, ...(type !== undefined && { type }) }),
    get: async (path) => {
      const { status, body } = await send({ method: "GET", path });
      if (status === 404) return undefined;
      if (status !== 200) throw new KubernetesError(`the API server answers ${status}: ${messageOf(body)}`);
      return body;
    },
    tail: async (path, bytes) => {
      const answer = await answered({ method: "GET", path }, never);
      if (answer.statusCode === 200) return (await bytesOf(answer, bytes)).toString("utf8");
      judged(answer.statusCode ?? 0, objectIn(await bytesOf(answer)));
      return undefined;
    },
    lines: async (path, each, signal) => {
      const answer = await open({ method: "GET", path, accept: METADATA }, signal);
      if (answer.statusCode !== 200) {
        const { status, body } = judged(answer.statusCode ?? 0, objectIn(await bytesOf(answer)));
        throw status === 410 ? new Gone() : new KubernetesError(`the API server answers ${status}: ${messageOf(body)}`);
      }
      let rest = "";
      answer.setEncoding("utf8");
      for await (const chunk of answer) {
        const lines = `${rest}${chunk}`.split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > MAX_LINE) throw new KubernetesError(`the API server sends an object of more than ${MAX_LINE} bytes`);
        for (const line of lines) if (line.trim() !== "") each(objectIn(Buffer.from(line)));
      }
    },
    close,
  };
};

const never = new AbortController().signal;

const judged = (status: number, body: JsonObject): ApiAnswer => {
  if (status === 401) throw new KubernetesError("the API server does not know the credential of the runtime");
  if (status === 403) throw new Forbidden(`the credential of the runtime may not do this: ${messageOf(body)}`);
  if (status === 429 || status >= 500) throw new Error(`the API server answers ${status}: ${messageOf(body)}`);
  return { status, body };
};

/** As long as the server says, and a little more, so that not all who wait come at once. */
const pauseOf = ({ headers }: IncomingMessage, clock: Clock, attempts: number): number =>
  Math.max(0, Number(headers["retry-after"]) || 0) * 1_000 + backOff(clock, attempts);

/** The bytes of an answer, or the last ones of them. */
const bytesOf = async (answer: IncomingMessage, last = MAX_BYTES): Promise<Buffer> => {
  let [chunks, kept, size]: [Buffer[], number, number] = [[], 0, 0];
  for await (const chunk of answer) {
    size += chunk.byteLength;
    kept += chunk.byteLength;
    if (size > MAX_BYTES) throw new KubernetesError(`the API server answers with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
    if (kept > 2 * last) {
      chunks = [Buffer.concat(chunks).subarray(-last)];
      kept = last;
    }
  }
  return Buffer.concat(chunks).subarray(-last);
};

const objectIn = (bytes: Buffer): JsonObject => {
  try {
    const value: Json = JSON.parse(bytes.toString("utf8"));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

/** The version of an API server, such as `v1.35.4`. */
export const versionOf = async (api: Api): Promise<string> => {
  const version = text((await api.get("/version"))?.gitVersion);
  if (!/^v\d+\.\d+\.\d+[\w.+-]{0,100}$/.test(version))
    throw new KubernetesError("the server does not say which version of Kubernetes it is");
  return version;
};

/** What a Status object says, in one short line. */
export const messageOf = ({ message }: JsonObject): string =>
  typeof message === "string" ? message.replaceAll(/\s+/g, " ").slice(0, 500) : "no reason is given";
