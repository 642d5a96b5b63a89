import { answerCalls } from "../../chassis/process/worker.ts";
import { readSummary } from "../../packages/reading.ts";
import { readEntriesHere } from "../index-entries.ts";

const functions = { readSummary, readEntriesHere };
export type RepoWork = typeof functions;
answerCalls(functions);
