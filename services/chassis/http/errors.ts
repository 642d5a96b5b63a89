import type { Rejection, RejectionKind } from "../../../events/index.ts";

/** How an error reads to a client: the codes of gRPC, as OpenPitrix answers them. */
export type Refusal = {
  readonly code: number;
  /** Where the HTTP status does not follow from the code. */
  readonly status?: number;
  /** For programs, `missing_parameter`. */
  readonly name: string;
  readonly message: string;
  readonly cause?: string;
  readonly headers?: { readonly [name: string]: string };
};

/** Ends a request with a refusal; not a failure. */
export class Refused extends Error {
  override name = "Refused";
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const INVALID = 3;
const NOT_FOUND = 5;
const EXISTS = 6;
const DENIED = 7;
const PRECONDITION = 9;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const statuses: { readonly [code: number]: number } = {
  [INVALID]: 400,
  [NOT_FOUND]: 404,
  [EXISTS]: 409,
  [DENIED]: 403,
  [PRECONDITION]: 400,
  [INTERNAL]: 500,
  [UNAVAILABLE]: 503,
  [UNAUTHENTICATED]: 401,
};
export const statusOf = ({ code, status }: Refusal): number => status ?? statuses[code] ?? 500;

/** What the chassis itself says, in English and Chinese; `%s` is what it is about. */
const texts: { readonly [name: string]: readonly [en: string, zh: string] } = {
  missing_parameter: ["missing parameter [%s]", "缺少参数[%s]"],
  unsupported_parameter_value: ["unsupported value of parameter [%s]", "参数[%s]的值不支持"],
  illegal_parameter_format: ["illegal format of parameter [%s]", "参数[%s]格式错误"],
  request_parse_failed: ["the request cannot be read: %s", "无法解析请求: %s"],
  request_too_large: ["the request is larger than %s", "请求大于%s"],
  file_too_large: ["the file is larger than %s", "文件大于%s"],
  request_timeout: ["the request did not arrive in time%s", "请求未在规定时间内到达%s"],
  unsupported_media_type: ["the body has to be %s", "请求体的类型应为%s"],
  resource_not_found: ["resource [%s] not found", "资源[%s]不存在"],
  route_not_found: ["there is no %s", "%s不存在"],
  method_not_allowed: ["%s is not possible here", "不支持%s"],
  error_resource_access_denied: ["access denied for resource [%s]", "资源[%s]禁止访问"],
  permission_denied: ["permission denied: %s", "没有权限: %s"],
  auth_failure: ["authentication failed: %s", "认证失败: %s"],
  access_token_expired: ["the access token has expired%s", "访问令牌已过期%s"],
  idempotency_key_reused: ["the idempotency key %s was used with another request", "幂等键%s已用于另一个请求"],
  misdirected_request: ["this is not the service %s", "这不是服务%s"],
  unavailable: ["the platform cannot answer just now%s", "平台暂时无法响应%s"],
  overloaded: ["too many requests are under way%s", "正在处理的请求过多%s"],
  internal_error: ["internal error%s", "内部错误%s"],
};

type Locale = "en" | "zh";
/** English unless the client prefers Chinese. */
export const localeOf = (acceptLanguage: string | undefined): Locale => (/^\s*zh\b/i.test(acceptLanguage ?? "") ? "zh" : "en");

const refusal =
  (code: number, name: string, more: Pick<Refusal, "status" | "headers"> = {}) =>
  (about = "", cause?: string): Refusal => ({
    code,
    name,
    message: (texts[name]?.[0] ?? name).replace("%s", () => about),
    ...more,
    ...(cause !== undefined && { cause }),
  });

/** Every refusal that the chassis makes. */
export const refusals = {
  missing: refusal(INVALID, "missing_parameter"),
  unsupported: refusal(INVALID, "unsupported_parameter_value"),
  malformed: refusal(INVALID, "illegal_parameter_format"),
  unreadable: refusal(INVALID, "request_parse_failed"),
  tooLarge: refusal(INVALID, "request_too_large", { status: 413 }),
  fileTooLarge: refusal(PRECONDITION, "file_too_large"),
  tooSlow: refusal(INVALID, "request_timeout", { status: 408 }),
  mediaType: refusal(INVALID, "unsupported_media_type", { status: 415 }),
  notFound: refusal(NOT_FOUND, "resource_not_found"),
  noRoute: refusal(NOT_FOUND, "route_not_found"),
  noMethod: (method: string, allowed: string): Refusal =>
    refusal(12, "method_not_allowed", { status: 405, headers: { allow: allowed } })(method),
  notYours: refusal(DENIED, "error_resource_access_denied"),
  denied: refusal(DENIED, "permission_denied"),
  unauthenticated: refusal(UNAUTHENTICATED, "auth_failure", { headers: { "www-authenticate": "Bearer" } }),
  expired: refusal(UNAUTHENTICATED, "access_token_expired", { headers: { "www-authenticate": 'Bearer error="invalid_token"' } }),
  keyReused: refusal(INVALID, "idempotency_key_reused", { status: 422 }),
  misdirected: refusal(UNAVAILABLE, "misdirected_request", { status: 421 }),
  unavailable: refusal(UNAVAILABLE, "unavailable", { headers: { "retry-after": "2" } }),
  overloaded: refusal(UNAVAILABLE, "overloaded", { headers: { "retry-after": "2" } }),
  internal: refusal(INTERNAL, "internal_error"),
};

const kinds: { readonly [K in RejectionKind]: readonly [code: number, name: string] } = {
  invalid: [INVALID, "illegal_parameter_format"],
  precondition: [PRECONDITION, "failed_precondition"],
  denied: [DENIED, "permission_denied"],
  notFound: [NOT_FOUND, "resource_not_found"],
  exists: [EXISTS, "resource_already_exists"],
};

/** A domain "no" as an answer. */
export const ofRejection = ({ rejected, kind = "precondition", error }: Rejection): Refusal => {
  const [code, name] = kinds[kind];
  return { code, name: error ?? name, message: rejected };
};

/** The same as a "no" that can be recorded. */
export const rejectionOf = ({ code, name, message }: Refusal): Rejection => ({
  rejected: message,
  kind: code === NOT_FOUND ? "notFound" : code === DENIED ? "denied" : "invalid",
  error: name,
});

/** The body of an error. What the chassis says itself is put into the client's language. */
export const bodyOf = ({ code, name, message, cause }: Refusal, locale: Locale = "en"): object => {
  const said = locale === "zh" ? translated(name, message) : message;
  return {
    error: said,
    message: said,
    code,
    details: [{ "@type": "type.googleapis.com/openpitrix.ErrorDetail", error_name: name, ...(cause !== undefined && { cause }) }],
  };
};

const translated = (name: string, message: string): string => {
  const [en, zh] = texts[name] ?? [];
  if (!en || !zh) return message;
  const [before = "", after = ""] = en.split("%s");
  const own = message.startsWith(before) && message.endsWith(after);
  return own ? zh.replace("%s", () => message.slice(before.length, message.length - after.length)) : message;
};
