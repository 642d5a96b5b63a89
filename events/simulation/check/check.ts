import { checkAnswers } from "./answers.ts";
import { checkEffects } from "./effects.ts";
import type { Evidence, Violation } from "./evidence.ts";
import { checkLog } from "./log.ts";
import { checkParking } from "./parking.ts";
import { checkReactions } from "./reactions.ts";
import { checkReadModels } from "./read-models.ts";
import { checkStreams } from "./streams.ts";
import { checkTimers } from "./timers.ts";

const checks = [checkStreams, checkLog, checkAnswers, checkReactions, checkReadModels, checkEffects, checkTimers, checkParking];

/** Checks every promise on the evidence of a run. */
export const check = (evidence: Evidence): readonly Violation[] => checks.flatMap((each) => [...each(evidence)]);
