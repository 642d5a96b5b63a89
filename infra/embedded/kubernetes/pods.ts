// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are looked into field by field.
export type Thing = any;

/** Annotations by which a pod says what is to become of it, since no image runs. */
const annotation = (pod: Thing, name: string): string | undefined => pod.metadata?.annotations?.[`kubelet.pitrix.example/${name}`];

const containersOf = (pod: Thing): readonly Thing[] => pod.spec?.containers ?? [];

/**
 * The status of a pod on the one node that there is, as a kubelet would report it at a time, in ISO 8601:
 *
 * - A pod with a `nodeSelector` is not scheduled.
 * - An image `missing/…` cannot be pulled, and an image `private/…` only by a pod that names an `imagePullSecrets`.
 * - The annotation `waiting: CrashLoopBackOff` keeps its containers waiting for this reason; `ready: "false"` lets them run without getting ready.
 * - A pod that is not always restarted ends, with the code of the annotation `exit`, or 0.
 * - Every other pod is running and ready.
 */
export const statusOf = (pod: Thing, ip: string, now: string): Thing => {
  const conditions = (isReady: boolean, isScheduled = true) =>
    (isScheduled ? ["PodScheduled", "Initialized", "ContainersReady", "Ready"] : ["PodScheduled"]).map((type) => {
      const is = isScheduled && (isReady || !type.endsWith("Ready"));
      return { type, status: is ? "True" : "False", lastTransitionTime: now };
    });
  if (pod.spec?.nodeSelector) {
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    return { phase: "Pending", conditions: conditions(false, false).map((each) => ({ ...each, reason: "Unschedulable", message })) };
  }
  const containers = (isReady: boolean, state: (container: Thing) => object, more: object = {}) =>
    containersOf(pod).map((container) => ({
      ...{ name: container.name, image: container.image, imageID: "", restartCount: 0, ready: isReady, started: isReady },
      ...{ state: state(container), ...more },
    }));
  const placed = { podIP: ip, podIPs: [{ ip }], hostIP: "127.0.0.1", startTime: now };
  const refused = containersOf(pod).find(({ image }) => cannotBePulled(pod, image));
  const waiting = annotation(pod, "waiting");
  if (refused || waiting !== undefined) {
    const pulling = (image: string) => ({ reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` });
    const why = ({ image }: Thing) =>
      waiting === undefined ? pulling(image) : { reason: waiting, message: `${waiting} is what the pod asks for` };
    const last =
      waiting === "CrashLoopBackOff"
        ? { lastState: { terminated: { exitCode: 1, reason: "Error", finishedAt: now } }, restartCount: 1 }
        : {};
    const statuses = containers(false, (container) => ({ waiting: why(container) }), last);
    return { ...placed, phase: "Pending", conditions: conditions(false), containerStatuses: statuses };
  }
  if ((pod.spec?.restartPolicy ?? "Always") !== "Always") {
    const exitCode = Number(annotation(pod, "exit") ?? 0);
    const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: now, finishedAt: now };
    const phase = exitCode === 0 ? "Succeeded" : "Failed";
    return { ...placed, phase, conditions: conditions(false), containerStatuses: containers(false, () => ({ terminated })) };
  }
  const isReady = annotation(pod, "ready") !== "false";
  const running = containers(isReady, () => ({ running: { startedAt: now } }));
  return { ...placed, phase: "Running", conditions: conditions(isReady), containerStatuses: running };
};

const cannotBePulled = (pod: Thing, image = ""): boolean =>
  image.startsWith("missing/") || (image.startsWith("private/") && !pod.spec.imagePullSecrets?.length);

/**
 * What a container has said: the annotation `log`, or one line; before it was started again, the annotation `previous-log`. Undefined: the pod has no
 * such container, or it was not started again. `tailLines`, `limitBytes` and `previous` as in the API.
 */
export const logOf = (pod: Thing, query: URLSearchParams): string | undefined => {
  const wanted = query.get("container");
  const container = containersOf(pod).find(({ name }) => wanted === null || wanted === "" || name === wanted);
  if (!container) return undefined;
  const now = annotation(pod, "log") ?? `container ${container.name} of image ${container.image} started`;
  const said = query.get("previous") === "true" ? annotation(pod, "previous-log") : now;
  if (said === undefined) return undefined;
  const lines = said.replace(/\n$/, "").split("\n");
  const tail = query.get("tailLines");
  const text = `${(tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)))).join("\n")}\n`;
  const limit = query.get("limitBytes");
  return limit === null ? text : text.slice(0, Number(limit));
};
