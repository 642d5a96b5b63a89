import type { Request, Response } from "express";
import type { Rejection, RejectionKind } from "../../../events/index.ts";

/** Marks problems. No JSON holds a symbol, so that nothing that a client sends can pass for a problem. */
const PROBLEM = Symbol("problem");

/** What HTTP says in the place of an answer. The idea is RFC 9457's; its body has the shape of OpenPitrix's errors. */
export type Problem = {
  readonly [PROBLEM]: true;
  /** Its name for programs, `missing_parameter`. */
  readonly name: string;
  /** The code of gRPC that OpenPitrix gives it. */
  readonly code: number;
  readonly status: number;
  /** In English; `bodyOf` translates it. */
  readonly message: string;
  readonly cause?: string;
  readonly headers?: Headers;
};
type Headers = { readonly [name: string]: string };
type Entry = { readonly code: number; readonly status: number; readonly en: string; readonly zh: string; readonly headers?: Headers };

/** Codes of gRPC. */
const INVALID = 3;
const DEADLINE = 4;
const NOT_FOUND = 5;
const EXISTS = 6;
const DENIED = 7;
const EXHAUSTED = 8;
const PRECONDITION = 9;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const retry: Headers = { "retry-after": "2" };
const bearer: Headers = { "www-authenticate": "Bearer" };
const expired: Headers = { "www-authenticate": 'Bearer error="invalid_token"' };

/**
 * Every problem of the gateway and of the services, in English and Chinese; `%s` stands for its subject. `service_unavailable` promises that
 * nothing was done; `outcome_unknown` and `upstream_timeout` leave that open.
 */
const catalogue = {
  missing_parameter: { code: INVALID, status: 400, en: "missing parameter [%s]", zh: "缺少参数[%s]" },
  unsupported_parameter_value: { code: INVALID, status: 400, en: "unsupported value of parameter [%s]", zh: "参数[%s]的值不支持" },
  illegal_parameter_format: { code: INVALID, status: 400, en: "illegal format of parameter [%s]", zh: "参数[%s]格式错误" },
  password_too_short: { code: INVALID, status: 400, en: "the password has fewer than %s characters", zh: "密码少于%s个字符" },
  password_too_long: { code: INVALID, status: 400, en: "the password has more than %s characters", zh: "密码多于%s个字符" },
  password_too_common: { code: INVALID, status: 400, en: "the password is among those that are guessed first%s", zh: "密码过于常见%s" },
  request_parse_failed: { code: INVALID, status: 400, en: "the request cannot be read: %s", zh: "无法解析请求: %s" },
  file_too_large: { code: PRECONDITION, status: 400, en: "the file is larger than %s", zh: "文件大于%s" },
  auth_failure: { code: UNAUTHENTICATED, status: 401, en: "authentication failed: %s", zh: "认证失败: %s", headers: bearer },
  access_token_expired: {
    code: UNAUTHENTICATED,
    status: 401,
    en: "the access token has expired%s",
    zh: "访问令牌已过期%s",
    headers: expired,
  },
  failed_precondition: { code: PRECONDITION, status: 400, en: "this is not possible now: %s", zh: "当前无法执行: %s" },
  permission_denied: { code: DENIED, status: 403, en: "permission denied: %s", zh: "没有权限: %s" },
  error_resource_access_denied: { code: DENIED, status: 403, en: "access denied for resource [%s]", zh: "资源[%s]禁止访问" },
  resource_not_found: { code: NOT_FOUND, status: 404, en: "resource [%s] not found", zh: "资源[%s]不存在" },
  route_not_found: { code: NOT_FOUND, status: 404, en: "there is no %s", zh: "%s不存在" },
  method_not_allowed: { code: UNIMPLEMENTED, status: 405, en: "%s is not possible here", zh: "不支持%s" },
  request_timeout: { code: INVALID, status: 408, en: "the request did not arrive in time%s", zh: "请求未在规定时间内到达%s" },
  request_too_large: { code: INVALID, status: 413, en: "the request is larger than %s", zh: "请求大于%s" },
  unsupported_media_type: { code: INVALID, status: 415, en: "the body has to be %s", zh: "请求体的类型应为%s" },
  misdirected_request: { code: UNAVAILABLE, status: 421, en: "this is not the service %s", zh: "这不是服务%s" },
  idempotency_key_reused: {
    code: INVALID,
    status: 422,
    en: "the idempotency key %s was used with another request",
    zh: "幂等键%s已用于另一个请求",
  },
  rate_limit_exceeded: { code: EXHAUSTED, status: 429, en: "too many requests: try again in %s s", zh: "请求过于频繁: 请在%s秒后重试" },
  too_many_streams: {
    code: EXHAUSTED,
    status: 429,
    en: "you have too many open streams: at most %s",
    zh: "打开的流过多: 最多%s个",
    headers: { "retry-after": "15" },
  },
  internal_error: { code: INTERNAL, status: 500, en: "internal error%s", zh: "内部错误%s" },
  not_implemented: { code: UNIMPLEMENTED, status: 501, en: "%s is not implemented", zh: "%s未实现" },
  outcome_unknown: {
    code: UNAVAILABLE,
    status: 502,
    en: "the connection to the service %s broke; the request may have been carried out",
    zh: "与服务%s的连接中断; 请求可能已执行",
    headers: retry,
  },
  unavailable: { code: UNAVAILABLE, status: 503, en: "the platform cannot answer just now%s", zh: "平台暂时无法响应%s", headers: retry },
  overloaded: { code: UNAVAILABLE, status: 503, en: "too many requests are under way%s", zh: "正在处理的请求过多%s", headers: retry },
  service_unavailable: {
    code: UNAVAILABLE,
    status: 503,
    en: "the service %s does not answer just now; nothing was done",
    zh: "服务%s暂时无法响应; 请求未执行",
    headers: retry,
  },
  upstream_timeout: {
    code: DEADLINE,
    status: 504,
    en: "the service %s did not answer in time; the request may have been carried out",
    zh: "服务%s响应超时; 请求可能已执行",
    headers: retry,
  },
} satisfies { readonly [name: string]: Entry };
export type ProblemName = keyof typeof catalogue;
const entries: { readonly [name: string]: Entry } = catalogue;

/** A problem of the catalogue about a subject. */
export const makeProblem = (name: ProblemName, about = "", more: Partial<Pick<Problem, "status" | "cause" | "headers">> = {}): Problem => {
  const { code, status, en, headers }: Entry = catalogue[name];
  return { [PROBLEM]: true, name, code, status, message: en.replace("%s", () => about), ...(headers && { headers }), ...more };
};

/** The problem of a caller who may try again after so many seconds. */
export const tooManyRequests = (seconds: number): Problem =>
  makeProblem("rate_limit_exceeded", `${seconds}`, { headers: { "retry-after": `${seconds}` } });

export const isProblem = (value: unknown): value is Problem => typeof value === "object" && value !== null && PROBLEM in value;

/** All of the values, or the first problem among them. */
export const allOrProblem = <T>(given: readonly (T | Problem)[]): readonly T[] | Problem => {
  const values: T[] = [];
  for (const each of given) {
    if (isProblem(each)) return each;
    values.push(each);
  }
  return values;
};

const kinds: { readonly [K in RejectionKind]: Pick<Problem, "name" | "code" | "status"> } = {
  invalid: { name: "illegal_parameter_format", code: INVALID, status: 400 },
  precondition: { name: "failed_precondition", code: PRECONDITION, status: 400 },
  denied: { name: "permission_denied", code: DENIED, status: 403 },
  notFound: { name: "resource_not_found", code: NOT_FOUND, status: 404 },
  exists: { name: "resource_already_exists", code: EXISTS, status: 409 },
};

/** How HTTP says a domain "no". */
export const problemOf = ({ rejected, kind = "precondition", error }: Rejection): Problem => ({
  [PROBLEM]: true,
  ...kinds[kind],
  ...(error !== undefined && { name: error }),
  message: rejected,
});

/** A "no" of the HTTP layer itself, in the words of the catalogue: like a domain's, it is recorded and stays the answer. */
export const rejection = (kind: RejectionKind, name: ProblemName, about: string): Rejection => ({
  rejected: makeProblem(name, about).message,
  kind,
  error: name,
});

/** A rejection in the place of what a row's function may give otherwise. */
export const isRejected = (value: unknown): value is Rejection =>
  typeof value === "object" && value !== null && "rejected" in value && typeof value.rejected === "string";

type Locale = "en" | "zh";
/** English unless the client prefers Chinese. */
export const localeOf = (acceptLanguage: string | undefined): Locale => (/^\s*zh\b/i.test(acceptLanguage ?? "") ? "zh" : "en");

/** The body of a problem. What the catalogue says is put into the client's language. */
export const bodyOf = ({ name, code, message, cause }: Problem, locale: Locale = "en"): object => {
  const text = locale === "zh" ? translated(name, message) : message;
  return {
    error: text,
    message: text,
    code,
    details: [{ "@type": "type.googleapis.com/openpitrix.ErrorDetail", error_name: name, ...(cause !== undefined && { cause }) }],
  };
};

const translated = (name: string, message: string): string => {
  const entry = entries[name];
  if (!entry) return message;
  const [before = "", after = ""] = entry.en.split("%s");
  const isOurs = message.startsWith(before) && message.endsWith(after);
  return isOurs ? entry.zh.replace("%s", () => message.slice(before.length, message.length - after.length)) : message;
};

/** Answers with a problem, in the language that the client prefers. */
export const sendProblem = (request: Request, response: Response, problem: Problem): void => {
  response.status(problem.status).set(problem.headers ?? {});
  response.json(bodyOf(problem, localeOf(request.get("accept-language"))));
};
