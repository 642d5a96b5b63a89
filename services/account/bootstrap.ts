import type { Instance } from "../../events/run.ts";
import type { Because, Outcome } from "../../events/store/execute.ts";
import { SYSTEM } from "../chassis/access/access.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { Config } from "../chassis/process/config.ts";
import type { AccountCommand } from "./domain/domain.ts";

export type Bootstrap = {
  readonly instance: Pick<Instance, "execute" | "seen">;
  readonly edge: Pick<Edge, "newSigningKey" | "hashPassword" | "randomToken">;
  readonly settings: Pick<Config, "bootstrapClient" | "bootstrapAdmin">;
  /** For the operator's eyes: secrets that were made here and are shown nowhere else. */
  readonly print: (line: string) => void;
};

/** Milliseconds until a start goes on although the read models do not show what was made: a stream that is held up must not keep everybody out. */
const SHOWN = 30_000;

/**
 * The first signing key, client and administrator. Any number of instances may do this at any time: the causes let the first win.
 * What the settings name exists afterwards; where they name nothing, one is made and printed, once. The read models show it then, so that
 * whoever finds the service ready gets a token.
 */
export const bootstrap = async ({ instance, edge, settings, print }: Bootstrap): Promise<void> => {
  const made: Outcome[] = [];
  const first = async (cause: string, command: AccountCommand): Promise<Outcome> => {
    const outcome = await instance.execute(command, because(cause));
    made.push(outcome);
    return outcome;
  };

  await first("signing-key", { type: "AnnounceSigningKey", ...(await edge.newSigningKey()) });

  const { bootstrapClient: client, bootstrapAdmin: administrator } = settings;
  const clientId = client.given ? client.id : `client-${edge.randomToken(9)}`;
  const secret = client.given ? client.secret : edge.randomToken(32);
  const createClient = {
    ...({ type: "CreateClient", clientId, userId: SYSTEM } as const),
    ...{ secretHash: await edge.hashPassword(secret), owner: SYSTEM, ownerPath: `:${SYSTEM}` },
  };
  const clientMade = await first("client", createClient);
  if (clientMade.repeated && client.given) await first(`client/${clientId}`, createClient);
  if (!clientMade.repeated && !client.given) print(`first client: ${clientId} secret: ${secret}`);

  const email = administrator.given ? administrator.email : "admin@localhost";
  const password = administrator.given ? administrator.password : edge.randomToken(18);
  const createUser = {
    ...({ type: "CreateUser", userId: `usr-${edge.randomToken(9)}`, email } as const),
    ...{ passwordHash: await edge.hashPassword(password), roleIds: ["global_admin"], groupPath: "" },
  };
  const userMade = await first("administrator", createUser);
  if (userMade.repeated && administrator.given) await first(`administrator/${email.toLowerCase()}`, createUser);
  if (!userMade.repeated && !administrator.given) print(`first administrator: ${email} password: ${password}`);

  await Promise.all(made.map(({ stream, version }) => instance.seen(stream, version, SHOWN)));
};

const because = (cause: string): Because => ({
  cause: `bootstrap/${cause}`,
  row: "bootstrap",
  actor: { userId: SYSTEM, ownerPath: `:${SYSTEM}` },
  correlationId: `bootstrap-${cause.split("/")[0]}`,
  causationId: null,
  actionId: null,
  traceparent: null,
  hops: 0,
});
