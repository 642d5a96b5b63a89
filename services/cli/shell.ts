import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { secondsOf } from "../chassis/operator/events.ts";
import type { Environment } from "../chassis/process/config.ts";
import { connectPlatform, type Platform } from "./connection.ts";
import { readSetup } from "./environment.ts";
import { type Paint, painter, type Terminal } from "./output.ts";

/** What the commands write to and work on. */
export type Shell = {
  readonly terminal: Terminal;
  readonly paint: Paint;
  /** Stops commands that do not end by themselves. */
  readonly signal: AbortSignal;
  readonly isJson: () => boolean;
  readonly writeLine: (text: string) => void;
  /** Prints a value, as JSON or as text. */
  readonly print: (value: object, text: () => string) => void;
  /** Shows a line on a terminal in the place of the one before; an empty text removes it. */
  readonly bar: (text: string) => void;
  /** Shows how many of some records are read. */
  readonly reading: (read: number, all: number) => void;
  /**
   * Shows what a command would do, and tells whether to do it: with --yes, or if the person at the terminal agrees. If not, says how.
   */
  readonly agreed: (plan: object, text: () => string, yes: boolean | undefined) => Promise<boolean>;
  /** Connects to the platform for the time of some work. */
  readonly on: <T>(work: (platform: Platform) => Promise<T>) => Promise<T>;
};

export const shellOf = (pitrix: Command, terminal: Terminal, environment: Environment, signal: AbortSignal): Shell => {
  const isJson = (): boolean => pitrix.opts().json === true;
  const writeLine = (text: string): void => terminal.write(`${text}\n`);
  const bar: Shell["bar"] = (text) => {
    if (terminal.isTerminal && !isJson()) terminal.write(`\r\u001b[K${text}`);
  };
  return {
    bar,
    reading: (read, all) => bar(read < all ? `${read} of ${all} records` : ""),
    ...{ terminal, signal, isJson, writeLine, paint: painter(terminal, environment) },
    print: (value, text) => writeLine(isJson() ? JSON.stringify(value) : text()),
    agreed: async (plan, text, yes = false) => {
      if (yes) return true;
      if (isJson() || !terminal.ask) {
        writeLine(isJson() ? JSON.stringify({ ...plan, done: false }) : `${text()}\nNothing was done: carry it out with --yes.`);
        return false;
      }
      writeLine(text());
      if (/^y(es)?$/i.test((await terminal.ask("Do this? [y/N] ")).trim())) return true;
      writeLine("Nothing was done.");
      return false;
    },
    on: async (work) => {
      const platform = connectPlatform(readSetup(environment, pitrix.opts().platform, pitrix.opts().direct));
      try {
        return await work(platform);
      } finally {
        await platform.close();
      }
    },
  };
};

export const seconds = (text: string): number => {
  const value = secondsOf(text);
  if (value === undefined) throw new InvalidArgumentError("expected a duration such as 30s, 5m, 2h or 1d");
  return value;
};
export const whole = (text: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("expected a whole number from 1 to 999999");
  return Number(text);
};
