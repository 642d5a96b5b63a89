import { aggregateOf, keyOf } from "../../../events/index.ts";
import type { Caller } from "../access/access.ts";
import { allows } from "../access/rules.ts";
import type { Host } from "./host.ts";
import { modelsOfStreams } from "./owners.ts";
import type { Position } from "./positions.ts";

/**
 * Waits until the read models, or one of them, show a position; false if they do not in time. A stream of somebody else looks like one that
 * does not exist: at once for a stream of this service, after the whole time for others.
 */
export const areShownTo = async (
  host: Host,
  caller: Caller | undefined,
  { stream, version }: Position,
  model: string | undefined,
): Promise<boolean> => {
  const { clock } = host.ports;
  const until = clock.now() + host.wait;
  const isOwn = aggregateOf(stream) in host.instance.service.aggregates;
  const isShown = await host.instance.seen(stream, version, host.wait, model);
  if (!isShown || (await isKnownTo(host, caller, stream, isOwn ? undefined : model))) return isShown;
  if (!isOwn) await clock.sleep(Math.max(0, until - clock.now()));
  return false;
};

/** Whether a stream's own documents are the caller's. A stream without a document of its own is not told apart. */
const isKnownTo = async (host: Host, caller: Caller | undefined, stream: string, model: string | undefined): Promise<boolean> => {
  const models = modelsOfStreams(host, aggregateOf(stream)).filter(({ name }) => (model ?? name) === name);
  const found = await Promise.all(
    models.map(async ({ name }) => host.ports.documents.get(await host.instance.collections.of(name), [keyOf(stream)])),
  );
  const documents = found.flat();
  return documents.length === 0 || documents.some(({ value }) => allows("own", caller, value));
};
