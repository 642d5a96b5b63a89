import { createWriteStream } from "node:fs";

/** Who asked what, under which idempotency key. */
export type Invocation = { readonly operation: string; readonly key: string; readonly principal: string };

/**
 * A line of a history: a command is invoked once and then attempted until it has an answer. `ok` was done, `fail` was refused for good
 * (both are answers that must hold), `info` says nothing about what became of it. `read` is what a query showed of a thing whose last
 * acknowledged name the reader knows.
 */
export type Line = { readonly time: number; readonly process: number } & (
  | ({ readonly type: "invoke"; readonly number: number } & Invocation)
  | {
      readonly type: "ok" | "fail";
      readonly number: number;
      readonly status: number;
      readonly position: string;
      readonly body: string;
    }
  | {
      readonly type: "info";
      readonly number: number;
      /** 0: no answer at all. */
      readonly status: number;
      readonly retryAfter: boolean;
      readonly text: string;
    }
  | { readonly type: "gave up"; readonly number: number }
  | { readonly type: "read"; readonly about: string; readonly wanted: string; readonly found: string }
  | { readonly type: "fault"; readonly text: string }
);
type Without<T> = T extends unknown ? Omit<T, "time"> : never;

export type History = {
  readonly lines: readonly Line[];
  readonly file: string;
  readonly note: (line: Without<Line>) => void;
  readonly close: () => Promise<void>;
};

/** A history that is also written to a file, a JSON line each. */
export const historyIn = (file: string): History => {
  const lines: Line[] = [];
  const out = createWriteStream(file);
  return {
    lines,
    file,
    note: (given) => {
      const line: Line = { time: Date.now(), ...given };
      lines.push(line);
      out.write(`${JSON.stringify(line)}\n`);
    },
    close: () => new Promise((done) => out.end(done)),
  };
};
