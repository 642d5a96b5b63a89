import type { Contract } from "../contract.ts";
import type { Commit } from "../ports.ts";

/** What a header says of a cause that it must not tell. */
const UNTOLD = "?";

/**
 * The header that tells the cause of a commit, from which a lost store is restored. Of a cause that follows from another event it has what comes
 * after that event's id. Any other cause may hold what strangers must not read, and is sealed.
 */
export const causeHeader = ({ causes }: Pick<Contract, "causes">, { cause, metadata: { causationId } }: Commit): string | undefined => {
  if (cause === null) return undefined;
  if (causationId !== null && cause.startsWith(`${causationId}/`)) return cause.slice(causationId.length);
  return causes?.seal(cause) ?? UNTOLD;
};

/** The cause that a header tells; undefined if this process cannot read it. */
export const causeIn = (
  { causes }: Pick<Contract, "causes">,
  header: string | undefined,
  causationId: string | null,
): string | null | undefined => {
  if (header === undefined) return null;
  if (header.startsWith("/")) return causationId === null ? undefined : `${causationId}${header}`;
  return header === UNTOLD ? undefined : causes?.open(header);
};
