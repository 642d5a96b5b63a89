import type { Answer, Call, Functions } from "./workers.ts";

/** Makes this process a worker of a `workerPool`: it carries out one call after the other, until its channel closes. */
export const answerCalls = (functions: Functions): void => {
  process.on("message", async ({ name, given }: Call) => {
    const answer = await carriedOut(functions[name], given);
    if (process.connected) process.send?.(answer);
  });
};

const carriedOut = async (run: Functions[string] | undefined, given: Call["given"]): Promise<Answer> => {
  try {
    return { value: await run?.(...(given as never[])) }; // The caller's types are those of the function.
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
};
