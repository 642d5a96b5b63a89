import { bodyOf, localeOf, type Refusal } from "../chassis/http/errors.ts";

const DEADLINE = 4;
const EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const WAIT = { "retry-after": "2" };

/** What the gateway itself says, in English and Chinese; `%s` is what it is about. */
const texts: { readonly [name: string]: readonly [en: string, zh: string] } = {
  not_implemented: ["%s is not implemented", "%s未实现"],
  rate_limit_exceeded: ["too many requests: try again in %s s", "请求过于频繁: 请在%s秒后重试"],
  service_unavailable: ["the service %s does not answer just now; nothing was done", "服务%s暂时无法响应; 请求未执行"],
  outcome_unknown: ["the connection to the service %s broke; the request may have been carried out", "与服务%s的连接中断; 请求可能已执行"],
  upstream_timeout: ["the service %s did not answer in time; the request may have been carried out", "服务%s响应超时; 请求可能已执行"],
};

const refusal =
  (code: number, name: string, status: number, headers: Refusal["headers"] = {}) =>
  (about: string): Refusal => ({ code, name, status, headers, message: (texts[name]?.[0] ?? name).replace("%s", () => about) });

/** Every refusal that the gateway makes. 503 promises that nothing was done; 502 and 504 do not. */
export const refusals = {
  notImplemented: refusal(UNIMPLEMENTED, "not_implemented", 501),
  tooMany: (seconds: number): Refusal => refusal(EXHAUSTED, "rate_limit_exceeded", 429, { "retry-after": `${seconds}` })(`${seconds}`),
  unavailable: refusal(UNAVAILABLE, "service_unavailable", 503, WAIT),
  broken: refusal(UNAVAILABLE, "outcome_unknown", 502, WAIT),
  timedOut: refusal(DEADLINE, "upstream_timeout", 504, WAIT),
};

/** The body of an error in the client's language. */
export const errorBody = (given: Refusal, acceptLanguage: string | undefined): object => {
  const locale = localeOf(acceptLanguage);
  const [en, zh] = texts[given.name] ?? [];
  if (locale === "en" || !en || !zh) return bodyOf(given, locale);
  const [before = "", after = ""] = en.split("%s");
  return bodyOf({ ...given, message: zh.replace("%s", () => given.message.slice(before.length, given.message.length - after.length)) });
};
