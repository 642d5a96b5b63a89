import type { Rejection } from "../../../events/index.ts";
import { bundles } from "../../../schemas/generated/http.ts";
import { isBuiltInPrincipal, ownerPathOf, SYSTEM } from "../../chassis/access/access.ts";
import { denied } from "./refusals.ts";
import { type AccountRow, command, query } from "./rows.ts";

/** API clients. Whoever acts on one acts on the user that it acts as. */
export const clientRows: readonly AccountRow[] = [
  query("DescribeClients", {
    from: "clients",
    filters: ["client_id", "user_id", "status"],
    search: ["client_id", "user_id"],
    present: ({ secret_hash: _s, owner: _o, owner_path: _p, update_time: _u, ...client }) => client,
  }),

  command("CreateClient", {
    issues: ["SetClientSecret", "CreateClient"],
    needs: ({ user_id }) => ({ user: ["users", isBuiltInPrincipal(user_id) ? undefined : user_id] }),
    prepare: async ({ user_id }, { edge, actor }): Promise<{ secret: string; secretHash: string } | Rejection> => {
      if (user_id === SYSTEM && actor.userId !== SYSTEM) return denied("only the system may create a client that acts as the system");
      const secret = edge.randomToken(32);
      return { secret, secretHash: await edge.hashSecret(secret) };
    },
    command: ({ user_id: userId }, { newId, needs: { user }, prepared: { secretHash } }) => {
      if (user && user.status !== "active") return gone(userId);
      const clientId = newId("client");
      const ownerPath = user?.owner_path ?? ownerPathOf({ userId, groupPath: "" });
      return [
        { type: "SetClientSecret", clientId, secretHash },
        { type: "CreateClient", clientId, userId, owner: userId, ownerPath },
      ];
    },
    answer: ([{ clientId }], { prepared }, { user_id }) => ({ user_id, client_id: clientId, client_secret: prepared.secret }),
  }),

  command("LimitClient", {
    issues: "LimitClient",
    needs: ({ client_id }) => ({ client: ["clients", client_id] }),
    command: ({ client_id: clientId, action_bundle_id: actionBundleIds = [] }, { needs: { client } }) => {
      const unknown = actionBundleIds.find((id) => !(id in bundles));
      if (unknown !== undefined)
        return { rejected: `there is no action bundle ${unknown}`, kind: "invalid", error: "unsupported_parameter_value" };
      return { type: "LimitClient", clientId, userId: client.user_id, actionBundleIds };
    },
    answer: ([{ clientId }]) => ({ client_id: clientId }),
  }),

  command("RevokeClients", {
    issues: "RevokeClient",
    each: "client_id",
    needs: (_, client_id) => ({ client: ["clients", client_id] }),
    command: (_, { item, needs: { client } }) => ({ type: "RevokeClient", clientId: item, userId: client.user_id }),
    answer: (commands) => ({ client_id: commands.map(({ clientId }) => clientId) }),
  }),
];

const gone = (userId: string): Rejection => ({ rejected: `the user ${userId} is deleted`, kind: "notFound", error: "resource_not_found" });
