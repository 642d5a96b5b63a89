import { lruCache } from "../../../events/runtime.ts";
import type { Secret } from "../access.ts";
import { FetchError, type File } from "./get.ts";

/** One request; the headers go to the host of the URL only. */
export type Ask = (url: URL, headers: Readonly<Record<string, string>>, limit: number, method?: "HEAD") => Promise<File>;

/** Where something is in a registry; `place` names it together with the secret for it. */
type Target = { readonly url: URL; readonly name: string; readonly place: string; readonly secret: Secret };

/** Asks registries that want a token: the answer to their challenge is kept, and fetched anew when it is no longer good. */
export const authorizing = () => {
  const known = lruCache<string>(1_000);
  return async (target: Target, headers: { readonly accept: string }, limit: number, ask: Ask, method?: "HEAD"): Promise<File> => {
    const { url, place } = target;
    const asked = (authorization: string | undefined) =>
      ask(url, authorization === undefined ? headers : { ...headers, authorization }, limit, method);
    const before = known.get(place);
    try {
      return await asked(before);
    } catch (error) {
      if (!(error instanceof FetchError) || error.status !== 401) throw error;
      const authorization = await authorizationFor(error, target, ask);
      if (authorization === undefined || authorization === before) throw error;
      known.set(place, authorization);
      return asked(authorization);
    }
  };
};

/** Maximum bytes of the answer that holds a token. */
const TOKEN = 64 * 1024;

/** Answers `Basic`, and `Bearer` by a token for pulling this one repository; undefined if there is no answer. */
const authorizationFor = async ({ challenge }: FetchError, { url, name, secret }: Target, ask: Ask): Promise<string | undefined> => {
  const { username, password } = secret;
  const basic = username + password === "" ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const [scheme = ""] = challenge.split(" ", 1);
  if (scheme.toLowerCase() === "basic") return basic;
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const fields = new Map([...challenge.slice(0, 4_000).matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value ?? ""]));
  const realm = URL.canParse(fields.get("realm") ?? "") ? new URL(fields.get("realm") ?? "") : undefined;
  const isSafe = realm?.protocol === "https:" || (realm?.protocol === "http:" && url.protocol === "http:");
  if (!realm || !isSafe) throw new FetchError("the registry names no place to get a token from that can be asked", true);
  const service = fields.get("service");
  if (service !== undefined) realm.searchParams.set("service", service);
  realm.searchParams.set("scope", `repository:${name}:pull`);
  const { bytes } = await ask(realm, { accept: "application/json", ...(basic !== undefined && { authorization: basic }) }, TOKEN);
  const token = tokenIn(new TextDecoder().decode(bytes));
  if (token === undefined) throw new FetchError("the registry gives no token", true);
  return `Bearer ${token}`;
};

const tokenIn = (json: string): string | undefined => {
  try {
    const answer: unknown = JSON.parse(json);
    const token: unknown = Reflect.get(Object(answer), "token") ?? Reflect.get(Object(answer), "access_token");
    return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
};
