import { answerCalls } from "../chassis/process/worker.ts";
import { readFiles, readSummary, replaceFiles } from "../packages/reading.ts";

const functions = { readSummary, readFiles, replaceFiles };
export type AppWork = typeof functions;
answerCalls(functions);
