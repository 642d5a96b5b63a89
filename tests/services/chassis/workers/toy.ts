import { answerCalls } from "../../../../services/chassis/process/worker.ts";

const functions = {
  echo: async <T>(given: T): Promise<T> => given,
  whoAmI: async () => ({ pid: process.pid, variables: Object.keys(process.env) }),
  fail: async (): Promise<void> => {
    throw new TypeError("a bug");
  },
  spin: async (): Promise<void> => {
    for (;;);
  },
  /** A thread with a memory limit would end the whole process here. */
  grow: async (): Promise<void> => {
    const map = new Map<number, number>();
    for (let key = 0; ; key++) map.set(key, key);
  },
  wait: async (): Promise<void> => new Promise(() => {}),
};
export type ToyWork = typeof functions;
answerCalls(functions);
