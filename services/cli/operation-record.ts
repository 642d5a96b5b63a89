import { type OperatorRecord, operatorRecord } from "../../events/runtime.ts";
import { contract } from "../chassis/contract.ts";
import { logOf, type Platform } from "./connection.ts";

export const REASON = "the reason; the dead letter topic of the service records it with the user, the time and what was done";

/** Records on the dead letter topics of services what an operator has done to their topics. */
export const recordOperation = async (
  platform: Platform,
  services: readonly string[],
  what: Pick<OperatorRecord, "action" | "reason" | "about">,
): Promise<void> => {
  const done = { ...what, by: platform.by, at: new Date().toISOString() };
  const records = services.map((service) => operatorRecord(contract, service, done));
  const log = logOf(platform);
  await log.ensureTopics(records.map(({ topic }) => ({ name: topic, partitions: 1, compacted: false })));
  await log.publish(records);
};
