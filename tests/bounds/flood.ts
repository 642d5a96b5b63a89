import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";

export type Flood = {
  readonly requests: number;
  readonly bytes: number;
  /** The heap that the service may have, in megabytes: what does not fit ends it. */
  readonly heap: number;
  readonly report: (text: string) => void;
};

/** How many of these bodies may be under way at once, at the least; those who wait for a place may have to give up on a busy machine. */
const PLACES = 40;

/**
 * Many more requests at once than a service with a store a hundred times as slow can answer: some are answered, all others are soon asked to
 * come back later, it stays alive within its memory, and answers everything once the store is as fast as ever.
 */
export const flood = async ({ requests, bytes, heap, report }: Flood): Promise<void> => {
  const child = fork(join(import.meta.dirname, "flood-main.js"), [], { execArgv: [`--max-old-space-size=${heap}`] });
  try {
    const { url, token } = await new Promise<{ readonly url: string; readonly token: string }>((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", (code, signal) => reject(new Error(`the service ended with ${code ?? signal}`)));
    });
    const body = JSON.stringify({ name: "forbidden", locale: "en", description: "x".repeat(bytes) });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const post = async () => {
      const began = Date.now();
      const answer = await fetch(`${url}/v1/categories`, { method: "POST", headers, body });
      const { details } = (await answer.json()) as { readonly details: readonly { readonly error_name: string }[] }; // An error's body.
      const kind = `${answer.status} ${details[0]?.error_name}`;
      return { kind, after: answer.headers.get("retry-after"), milliseconds: Date.now() - began };
    };
    const alive = async (): Promise<number> => (await fetch(`${url}/livez`)).status;
    const answers = Promise.all(Array.from({ length: requests }, post));
    assert.equal(await alive(), 200, "while it is full");
    const all = await answers;
    const count = (kind: string) => all.filter((answer) => answer.kind === kind);
    const answered = count("400 illegal_parameter_format");
    // On a machine that is busy otherwise, some are not even read in time.
    const refused = [...count("503 overloaded"), ...count("408 request_timeout")];
    const slowest = Math.max(...refused.map(({ milliseconds }) => milliseconds));
    report(`${answered.length} of ${requests} were answered, ${refused.length} refused, the last of them after ${slowest} ms`);
    assert.equal(answered.length + refused.length, requests, [...new Set(all.map(({ kind }) => kind))].join());
    assert.ok(answered.length >= PLACES && refused.length >= requests / 4, `${answered.length} and ${refused.length}`);
    assert.ok(
      refused.every(({ after }) => Number(after) > 0),
      "with a time to come back",
    );
    child.send("as fast as ever");
    for (const answer of await Promise.all(Array.from({ length: 100 }, post))) assert.equal(answer.kind, "400 illegal_parameter_format");
    assert.equal(await alive(), 200);
  } finally {
    child.kill("SIGKILL");
  }
};
