/** A dependency of this process does not answer for now. The call itself is correct: a later attempt may succeed. */
export class Outage extends Error {
  override name = "Outage";
}

/** Whether an error is an outage or has one among its causes. */
export const isOutage = (error: unknown): boolean => {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) if (each instanceof Outage) return true;
  return false;
};

/** Converts an error of an adapter's client to an `Outage` if the adapter recognizes it as one. */
export const asOutage = (error: unknown, recognizes: (error: Error) => boolean): unknown =>
  error instanceof Error && recognizes(error) ? new Outage(error.message, { cause: error }) : error;

/** Wraps a port so that its calls fail with an `Outage` if the adapter recognizes one. Every function of the port must be asynchronous. */
export const withOutages = <P extends { readonly [name: string]: Call }>(port: P, recognizes: (error: Error) => boolean): P => {
  const fail = (error: unknown): never => {
    throw asOutage(error, recognizes);
  };
  const calls = Object.entries<Call>(port).map(([name, call]): [string, Call] => [name, (...given) => call(...given).catch(fail)]);
  return Object.fromEntries(calls) as P; // The same names with the same signatures.
};
// biome-ignore lint/suspicious/noExplicitAny: the signatures of a port's functions differ; each call passes its arguments on unchanged.
type Call = (...given: any[]) => Promise<any>;
