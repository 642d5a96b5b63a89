/** Something that this process relies on does not answer for now. Nothing is wrong with the call itself: a later attempt may succeed. */
export class Outage extends Error {
  override name = "Outage";
}

/** Whether an error is an outage, or comes from one. */
export const isOutage = (error: unknown): boolean => {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) if (each instanceof Outage) return true;
  return false;
};

/** The error of an adapter's client, as an outage if the adapter recognizes it as one. */
export const asOutage = (error: unknown, recognizes: (error: Error) => boolean): unknown =>
  error instanceof Error && recognizes(error) ? new Outage(error.message, { cause: error }) : error;

/** The same port, whose calls fail with an `Outage` where the adapter recognizes one. Every function of the port is asynchronous. */
export const withOutages = <P extends { readonly [name: string]: Call }>(port: P, recognizes: (error: Error) => boolean): P => {
  const fail = (error: unknown): never => {
    throw asOutage(error, recognizes);
  };
  const calls = Object.entries<Call>(port).map(([name, call]): [string, Call] => [name, (...given) => call(...given).catch(fail)]);
  return Object.fromEntries(calls) as P; // The same names, and under each the same call.
};
// biome-ignore lint/suspicious/noExplicitAny: the calls of a port differ; each is handed on as it is.
type Call = (...given: any[]) => Promise<any>;
