import type { Condition, Rejection } from "../../events/index.ts";
import type { Sealed } from "../../schemas/generated/events.ts";
import { makeProblem, type Problem } from "../chassis/http/problems.ts";
import { type Edge, type Guard, type HttpRow, type RequestOf, rows } from "../chassis/http/rows.ts";
import { announced } from "../chassis/providers.ts";
import { type Access, accessOf, credentialOf, openToAll } from "./access.ts";
import type { RepoCommand } from "./domain/repo.ts";
import { indexBytes, indexUrl } from "./index-entries.ts";
import type { RepoOutside } from "./ports.ts";
import { pairsOf } from "./query-string.ts";
import type { CategoryDocument, RepoDocument, RepoReadModels } from "./read-models.ts";
import { isToken, tokenDigest } from "./sync-token.ts";

/** Milliseconds for the index of a repository that is validated: less than the gateway waits, so that the answer is the service's. */
const SLOW = 7_000;

/** The same for a wrong token and for a repository that does not exist. */
const wrongToken = makeProblem("auth_failure", "there is no such repository, or the token is wrong");

/** Only a caller whose data level is all may say that the versions of a repository are active without a review. */
const trusts: Guard<RepoCommand, RepoReadModels> = {
  judge: async (requested, { sees }) => {
    const isTrusted = "appDefaultStatus" in requested && requested.appDefaultStatus === "active";
    if (!isTrusted || sees(everybody)) return undefined;
    return { rejected: "your role does not make versions active without a review", kind: "denied", error: "permission_denied" };
  },
  inTurn: () => false,
};
const everybody = {};

const { command, query, answer } = rows<RepoCommand, RepoReadModels, RepoOutside>(trusts);

export const http: readonly HttpRow<RepoOutside>[] = [
  command("CreateRepo", {
    issues: "CreateRepo",
    prepare: async ({ type, url, credential, providers }, { edge, newId, now, ...known }) =>
      (await unknownAmong(providers, known)) ?? sealed(newId("repo"), accessOf(type, url, credential, now), edge),
    command: (request, { newId, actor, prepared }) => ({
      type: "CreateRepo",
      repoId: newId("repo"),
      repoEventId: newId("repoe"),
      name: request.name,
      description: request.description ?? "",
      repoType: request.type,
      ...prepared,
      visibility: request.visibility,
      providers: request.providers,
      labels: request.labels ?? "",
      selectors: request.selectors ?? "",
      categoryIds: idsOf(request.category_id) ?? ["ctg-uncategorized"],
      appDefaultStatus: request.app_default_status ?? "draft",
      syncSeconds: request.sync_seconds ?? -1,
      owner: actor.userId,
      ownerPath: actor.ownerPath,
    }),
    answer: ([{ repoId }]) => ({ repo_id: repoId }),
  }),
  command("ModifyRepo", {
    issues: "ModifyRepo",
    needs: ({ repo_id }) => ({ repo: ["repos", repo_id] }),
    prepare: async (request, { edge, needs: { repo }, now, ...known }) => {
      const added = (request.providers ?? []).filter((name) => !repo.providers.includes(name));
      return (await unknownAmong(added, known)) ?? changedAccess(request, repo, edge, now);
    },
    command: (request, { newId, prepared }) => ({
      type: "ModifyRepo",
      repoId: request.repo_id,
      repoEventId: newId("repoe"),
      name: request.name,
      description: request.description,
      repoType: request.type,
      ...prepared,
      visibility: request.visibility,
      providers: request.providers,
      labels: request.labels,
      selectors: request.selectors,
      categoryIds: idsOf(request.category_id),
      appDefaultStatus: request.app_default_status,
      syncSeconds: request.sync_seconds,
    }),
    answer: ([{ repoId }]) => ({ repo_id: repoId }),
  }),
  command("DeleteRepos", {
    issues: "DeleteRepo",
    each: "repo_id",
    needs: (_, id) => ({ repo: ["repos", id] }),
    command: (_, { item, newId }) => ({ type: "DeleteRepo", repoId: item, repoEventId: newId("repoe") }),
    answer: (_, __, { repo_id }) => ({ repo_id }),
  }),
  command("IndexRepo", {
    issues: "IndexRepo",
    needs: ({ repo_id }) => ({ repo: ["repos", repo_id] }),
    command: ({ repo_id }, { newId }) => ({ type: "IndexRepo", repoId: repo_id, repoEventId: newId("repoe") }),
    answer: ([{ repoId, repoEventId }], { needs: { repo } }) => ({
      repo_id: repoId,
      repo_event: { repo_event_id: repoEventId, repo_id: repoId, status: "pending", owner: repo.owner, owner_path: repo.owner_path },
    }),
  }),
  command("CreateRepoSyncToken", {
    issues: "SetRepoSyncToken",
    needs: ({ repo_id }) => ({ repo: ["repos", repo_id] }),
    prepare: async (_, { edge }) => edge.randomToken(32),
    command: ({ repo_id }, { prepared }) => ({ type: "SetRepoSyncToken", repoId: repo_id, tokenDigest: tokenDigest(prepared) }),
    answer: ([{ repoId }], { prepared }) => ({ repo_id: repoId, sync_token: prepared }),
  }),
  command("RevokeRepoSyncToken", {
    issues: "RevokeRepoSyncToken",
    needs: ({ repo_id }) => ({ repo: ["repos", repo_id] }),
    command: ({ repo_id }) => ({ type: "RevokeRepoSyncToken", repoId: repo_id }),
    answer: ([{ repoId }]) => ({ repo_id: repoId }),
  }),
  command("SyncRepo", {
    issues: "SyncRepo",
    prepare: async ({ repo_id, token }, { judge, edge }) => {
      const given = token ?? edge.header("x-gitlab-token") ?? "";
      const isRight = await judge(async ({ get }) => isToken(given, (await get("repoSyncTokens", repo_id))?.token_digest ?? ""));
      return isRight ? {} : wrongToken;
    },
    command: ({ repo_id }, { newId }) => ({ type: "SyncRepo", repoId: repo_id, repoEventId: newId("repoe") }),
    answer: ([{ repoId }]) => ({ repo_id: repoId }),
  }),
  query("DescribeRepos", {
    from: "repos",
    filters: [
      "repo_id",
      "name",
      "type",
      "visibility",
      "status",
      ["provider", "providers"],
      ["category_id", "category_ids"],
      "owner",
      ["user_id", "owner"],
      "app_default_status",
      "controller",
    ],
    search: ["repo_id", "name", "description"],
    where: ({ label = "", selector = "" }) => [...holding("label_pairs", label), ...holding("selector_pairs", selector)],
    join: { categories: ["categories", "category_id", "linked_category_ids", "everybody"] },
    present: shown,
  }),
  query("DescribeRepoEvents", {
    from: "repoEvents",
    filters: ["repo_event_id", "repo_id", "owner", "status"],
    search: ["repo_event_id", "repo_id"],
  }),
  answer("ValidateRepo", async ({ type, url, credential }, { outside: { readFile, readEntries, deadline }, now }) => {
    const access = accessOf(type, url, credential, now);
    if ("rejected" in access) return { ok: false, errorCode: access.code };
    const signal = deadline(SLOW);
    const file = { url: indexUrl(access.url), repository: access.url, secret: access.secret ?? openToAll, limit: indexBytes, signal };
    const index = await readFile(file);
    const as = { url: access.url, appDefaultStatus: "draft", visibility: "private" };
    const read = "bytes" in index ? await readEntries(index.bytes, "", as, signal) : index;
    return "refused" in read ? { ok: false, errorCode: type === "s3" ? 106 : 109 } : { ok: true };
  }),
];

/** Why the first of these providers that has not announced itself cannot be used. */
const unknownAmong = async (names: readonly string[], known: Parameters<typeof announced>[1]): Promise<Rejection | Problem | undefined> => {
  for (const name of names) {
    const found = await announced(name, known);
    if (!("provider" in found)) return found;
  }
  return undefined;
};

type Prepared = { readonly url: string; readonly sealedCredential: Sealed | null };

const sealed = async (repoId: string, access: Access, edge: Edge): Promise<Prepared | Extract<Access, { readonly rejected: string }>> => {
  if ("rejected" in access) return access;
  return { url: access.url, sealedCredential: access.secret && (await edge.seal(JSON.stringify(access.secret), credentialOf(repoId))) };
};

/** The changed URL and credential. A client may send back what it was shown, which is no change: a URL without password, asterisks. */
const changedAccess = async (request: RequestOf<"ModifyRepo">, repo: RepoDocument, edge: Edge, now: number) => {
  const shownCredential = request.credential === undefined || /^\**$/.test(request.credential) || request.credential === "{}";
  const sameUrl = request.url === undefined || request.url === repo.url;
  const sameType = request.type === undefined || request.type === repo.type;
  if (sameUrl && sameType && shownCredential) return { url: undefined, sealedCredential: undefined };
  const credential = shownCredential ? "" : (request.credential ?? "");
  return sealed(repo.repo_id, accessOf(request.type ?? repo.type, request.url ?? repo.url, credential, now), edge);
};

const idsOf = (categoryId: string | undefined): readonly string[] | undefined =>
  categoryId === undefined || categoryId === "" ? undefined : categoryId.split(",").filter((id) => id !== "");

/** Conditions that match rows which have, for each key, one of the wanted values. */
const holding = (field: string, pairs: string): readonly Condition[] => {
  const wanted = new Map<string, string[]>();
  for (const { key, value } of pairsOf(pairs)) wanted.set(key, [...(wanted.get(key) ?? []), `${key}=${value}`]);
  return [...wanted.values()].map((values) => ({ field, in: values }));
};

function shown(document: RepoDocument, { categories = [] }: { readonly [field: string]: readonly CategoryDocument[] }): object {
  const { label_pairs: _, selector_pairs: _selectors, category_ids: _enabled, linked_category_ids: _linked, ...repo } = document;
  const category_set = repo.category_set.map((link) => {
    const category = categories.find(({ category_id }) => category_id === link.category_id);
    const { name = "", locale = "", status = "there" } = category ?? {};
    return { ...link, status: status === "deleted" ? ("disabled" as const) : link.status, name, locale };
  });
  return { ...repo, category_set };
}
