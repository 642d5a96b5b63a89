import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import type { Pod, Revision, Workload } from "./ports.ts";

/** The longest value of a label. */
const LABEL = 63;

/** A revision by the secret in which helm keeps it. */
export const revisionOf = (secret: JsonObject): Revision => {
  const metadata = objectIn(secret, "metadata");
  const all = Object.entries(objectIn(metadata, "labels")).map(([key, value]) => [key, text(value).slice(0, LABEL)] as const);
  const { status = "", version, modifiedAt, createdAt, name: _, owner: _owner, ...labels } = Object.fromEntries(all);
  const seconds = Number(modifiedAt || createdAt);
  const time = seconds > 0 ? seconds * 1_000 : Date.parse(text(metadata.creationTimestamp));
  const identity = { revision: Number(version), uid: text(metadata.uid), version: text(metadata.resourceVersion) };
  return { ...identity, status, labels, time };
};

/** The kinds of workloads, with their API. */
export const workloadKinds: { readonly [kind: string]: string } = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
};

/** A workload that exists, as far as its controller has come. */
export const workloadOf = (kind: string, given: JsonObject): Omit<Workload, "described"> => {
  const [metadata, spec, status] = [objectIn(given, "metadata"), objectIn(given, "spec"), objectIn(given, "status")];
  const wanted = kind === "DaemonSet" ? numberIn(status, "desiredNumberScheduled") : numberIn(spec, "replicas", 1);
  const ready = numberIn(status, kind === "DaemonSet" ? "numberReady" : "readyReplicas");
  const updated = numberIn(status, kind === "DaemonSet" ? "updatedNumberScheduled" : "updatedReplicas");
  const isSeen = numberIn(status, "observedGeneration") >= numberIn(metadata, "generation");
  // A StatefulSet that is not updated by its controller (OnDelete) keeps the pods that it has.
  const keepsPods = text(objectIn(spec, "updateStrategy").type) === "OnDelete";
  const isReady = isSeen && ready >= wanted && (keepsPods || updated >= wanted) && numberIn(status, "replicas", wanted) <= wanted;
  const progress = isSeen ? `${Math.min(ready, updated)} of ${wanted} pods are ready` : "its controller has not seen it yet";
  const replicas = kind === "DaemonSet" ? undefined : wanted;
  return { kind, name: text(metadata.name), isReady, progress: conditionOf(status) ?? progress, selector: selectorOf(given), replicas };
};

/** Why a controller makes no pods, such as a quota. */
const conditionOf = (status: JsonObject): string | undefined => {
  const failure = listIn(status, "conditions").find(({ type, status: is }) => type === "ReplicaFailure" && is === "True");
  return failure && short(text(failure.message));
};

/** A pod, and what keeps it from being ready, in Kubernetes' own words. */
export const podOf = (workload: string, given: JsonObject): Pod => {
  const [metadata, status] = [objectIn(given, "metadata"), objectIn(given, "status")];
  const isReady = listIn(status, "conditions").some(({ type, status: is }) => type === "Ready" && is === "True");
  return {
    uid: text(metadata.uid),
    name: text(metadata.name).slice(0, 253),
    workload: workload.slice(0, 253),
    ip: text(status.podIP).slice(0, 45),
    isReady,
    isLeaving: text(metadata.deletionTimestamp) !== "",
    reason: isReady ? "" : (reasonOf(objectIn(given, "spec"), status) ?? short(text(status.phase))),
  };
};

const reasonOf = (spec: JsonObject, status: JsonObject): string | undefined => {
  const scheduled = listIn(status, "conditions").find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  if (scheduled) return `${text(status.phase) || "Pending"}: ${short(text(scheduled.message))}`;
  for (const list of ["initContainerStatuses", "containerStatuses"])
    for (const container of listIn(status, list)) {
      const waiting = objectIn(objectIn(container, "state"), "waiting");
      const name = text(container.name);
      const image = text(container.image) || imageOf(spec, name);
      const reason = text(waiting.reason);
      if (reason === "" || reason === "ContainerCreating" || reason === "PodInitializing") continue;
      const last = objectIn(objectIn(container, "lastState"), "terminated");
      const exit = last.exitCode === undefined ? "" : `, which ended with code ${String(last.exitCode)}`;
      return `${reason}: container ${name} of image ${image}${exit}${text(waiting.message) && `: ${short(steady(text(waiting.message)))}`}`;
    }
  return undefined;
};

/** A message without the pause that grows: it is not another reason for that. */
const steady = (message: string): string => message.replace(/back-off \S+ restarting/i, "back-off restarting");

const imageOf = (spec: JsonObject, name: string): string => {
  const containers = [...listIn(spec, "initContainers"), ...listIn(spec, "containers")];
  return text(containers.find((each) => each.name === name)?.image);
};

/** The label selector of a workload, for a query. Only equality: a chart's selectors are labels. */
const selectorOf = (workload: JsonObject): string =>
  Object.entries(objectIn(objectIn(objectIn(workload, "spec"), "selector"), "matchLabels"))
    .map(([name, value]) => `${name}=${text(value)}`)
    .join(",");

/** The workloads that a release describes. */
export const workloadsIn = (documents: readonly JsonObject[]) =>
  documents.flatMap((document) => {
    const [kind, name] = [text(document.kind), nameOf(document)];
    return kind in workloadKinds && groupOf(document) === "apps" && name !== ""
      ? [{ kind, name, described: describedReplicas(document) }]
      : [];
  });

/** The number of pods that a document describes; undefined: it does not say. */
export const describedReplicas = (document: JsonObject): number | undefined => {
  const wanted = numberIn(objectIn(document, "spec"), "replicas", -1);
  return wanted < 0 || document.kind === "DaemonSet" ? undefined : wanted;
};

/** The API group of a document; empty for the core. Kinds of several groups may have one name. */
export const groupOf = (document: JsonObject): string => text(document.apiVersion).replace(/\/?[^/]*$/, "");
export const nameOf = (document: JsonObject): string => text(objectIn(document, "metadata").name);
export const objectIn = (given: Json | undefined, field: string): JsonObject => {
  const value = isObject(given) ? given[field] : undefined;
  return isObject(value) ? value : {};
};
export const listIn = (given: JsonObject, field: string): readonly JsonObject[] => {
  const value = given[field];
  return Array.isArray(value) ? value.filter((item: Json): item is JsonObject => isObject(item)) : [];
};
export const numberIn = (given: JsonObject, field: string, otherwise = 0): number => {
  const value = given[field];
  // A number of YAML is a text.
  if (typeof value === "string" && /^\d{1,9}$/.test(value)) return Number(value);
  return typeof value === "number" ? value : otherwise;
};
export const short = (said: string): string => said.replaceAll(/\s+/g, " ").trim().slice(0, 300);
