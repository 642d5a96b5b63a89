import { isOutage, mapOf } from "../../events/index.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { HttpAnswer } from "../chassis/process/client.ts";
import { UpstreamFailed } from "../chassis/process/client.ts";
import { ConfigError } from "../chassis/process/config.ts";
import { Unreachable } from "../chassis/process/connect.ts";
import { shapeOf } from "./registry/shape.ts";
import type { Subjects, Version } from "./registry/subjects.ts";

type Ports = Pick<Dependencies, "call" | "logger" | "clock">;
const MEDIA = "application/vnd.schemaregistry.v1+json";
const TIMEOUT = 60_000;
/** Reads at once. */
const READS = 8;

/**
 * Gives a schema registry all released schemas, in the order of their ids, so that it gives them the same ids. It must have these subjects only.
 * Throws a ConfigError that says why if it has others, another schema under an id, or gives another id; then nothing more is sent. May be run by
 * several gateways at once: each sends the smallest missing id next.
 */
export const fillRegistry = async (url: string, { all, of }: Subjects, { call, logger, clock }: Ports): Promise<void> => {
  const { base, headers } = addressOf(url);
  const refuse = (why: string): never => {
    throw new ConfigError([`SCHEMA_REGISTRY_URL is wrong: the schema registry ${base} cannot be used: ${why}`]);
  };
  const once = async (method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> => {
    const answer = await call("schema registry", {
      ...{ url: `${base}${path}`, method, milliseconds: 10_000 },
      headers: { accept: MEDIA, ...headers, ...(body && { "content-type": MEDIA }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: jsonIn(answer) };
  };
  /** Asks again for a while: the registry may start at the same time as this process. */
  const ask: typeof once = async (...request) => {
    for (const until = clock.now() + TIMEOUT; ; ) {
      try {
        return await once(...request);
      } catch (error) {
        if (!isOutage(error) && !(error instanceof UpstreamFailed)) throw error;
        if (clock.now() >= until)
          throw new Unreachable(`the schema registry ${base} did not answer within ${TIMEOUT / 1_000} s: ${Object(error).message}`, {
            cause: error,
          });
        await clock.sleep(500);
      }
    }
  };
  /** Undefined: the registry has not this id. */
  const at = async (id: number): Promise<string | undefined> => {
    const { status, body } = await ask("GET", `/schemas/ids/${id}`);
    if (status === 404) return undefined;
    const schema: unknown = Reflect.get(Object(body), "schema");
    return status === 200 && typeof schema === "string" ? schema : refuse(`it answers ${status} to GET /schemas/ids/${id}`);
  };
  const verify = (version: Version, text: string): void => {
    if (!isSame(version, text))
      refuse(`its schema ${version.id} is another one than that of ${version.subject}, version ${version.version}`);
  };

  const { status, body } = await ask("GET", "/subjects");
  if (status !== 200 || !Array.isArray(body)) refuse(`it answers ${status} to GET /subjects`);
  const others = (body as readonly unknown[]).filter((subject) => !of.has(String(subject))); // A list: that was just checked.
  if (others.length > 0) refuse(`it has subjects of others, such as ${others.slice(0, 3).join(", ")}, and must be empty or Pitrix's own`);
  const known = await mapOf(all, READS, async (version) => ({ version, text: await at(version.id) }));
  for (const { version, text } of known) if (text !== undefined) verify(version, text);
  const missing = known.flatMap(({ version, text }) => (text === undefined ? [version] : []));
  for (const version of missing) {
    if (version.id === 1) await ask("PUT", "/config", { compatibility: "FULL_TRANSITIVE" });
    const path = `/subjects/${encodeURIComponent(version.subject)}/versions`;
    const answer = await ask("POST", path, { schema: version.schema, schemaType: "AVRO" });
    const { id, message } = Object(answer.body);
    if (answer.status !== 200) refuse(`it does not take ${version.subject}, version ${version.version}: ${answer.status} ${message ?? ""}`);
    if (id !== version.id)
      refuse(`it gives ${version.subject}, version ${version.version}, the id ${id} and not ${version.id}: it was not empty`);
  }
  logger.info({ registry: base, sent: missing.length, schemas: all.length }, "the schema registry has all schemas");
};

const addressOf = (url: string): { readonly base: string; readonly headers: { readonly [name: string]: string } } => {
  const { username, password } = new URL(url);
  const base = url.replace(/\/\/[^@/]*@/, "//");
  if (username === "") return { base, headers: {} };
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` } };
};

const jsonIn = ({ body }: HttpAnswer): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
};

const isSame = ({ shape }: Version, text: string): boolean => {
  try {
    return JSON.stringify(shapeOf(text)) === JSON.stringify(shape);
  } catch {
    return false;
  }
};
