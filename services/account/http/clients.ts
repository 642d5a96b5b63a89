import type { Rejection } from "../../../events/index.ts";
import { ownerPathOf, SYSTEM } from "../../chassis/access/access.ts";
import type { HttpRow } from "../../chassis/http/rows.ts";
import { denied } from "./refusals.ts";
import { command } from "./rows.ts";

/** API clients. */
export const clientRows: readonly HttpRow<unknown>[] = [
  command("CreateClient", {
    issues: ["SetClientSecret", "CreateClient"],
    needs: ({ user_id }) => ({ user: ["users", user_id === SYSTEM ? undefined : user_id] }),
    prepare: async ({ user_id }, { edge, actor }): Promise<{ secret: string; secretHash: string } | Rejection> => {
      if (user_id === SYSTEM && actor.userId !== SYSTEM) return denied("only the system may create a client that acts as the system");
      const secret = edge.randomToken(32);
      return { secret, secretHash: await edge.hashPassword(secret) };
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
];

const gone = (userId: string): Rejection => ({ rejected: `the user ${userId} is deleted`, kind: "notFound", error: "resource_not_found" });
