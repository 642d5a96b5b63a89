import { randomBytes } from "node:crypto";
import { collections } from "../../events/subscription/collections.ts";
import { account } from "../../services/account/service.ts";
import { access } from "../../services/chassis/access/access.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import { eventually } from "../eventually.ts";
import type { ProcessOptions } from "./process.ts";
import type { Caller } from "./requests.ts";
import { served } from "./world.ts";

const accessModel = collections([access]).of(access.name);
export const client = { id: "first-client", secret: "first secret" };
export const loginClient = { id: "login-client", secret: "login secret" };
export const administrator = { email: "admin@example.org", password: "correct horse" };

/** The account service and others over HTTP, with people who sign in. */
export const servedWithAccounts = async (
  others: readonly AnyService[] = [],
  { environment, ...options }: NonNullable<Parameters<typeof served>[1]> & ProcessOptions = {},
) => {
  const named = {
    PITRIX_BOOTSTRAP_CLIENT: `${client.id}:${client.secret}`,
    PITRIX_BOOTSTRAP_LOGIN_CLIENT: `${loginClient.id}:${loginClient.secret}`,
    PITRIX_BOOTSTRAP_ADMIN: `${administrator.email}:${administrator.password}`,
  };
  const world = await served([account, ...others], { wait: 2_000, ...options, environment: { ...named, ...environment } });
  /** Asks for a token, as the first client does. */
  const grant = (fields: object, headers?: Readonly<Record<string, string>>) =>
    world.stranger().call("Token", { client_id: client.id, client_secret: client.secret, ...fields }, headers);
  const bearer = (token: string): Caller => world.stranger(`Bearer ${token}`);
  const signIn = async (username: string, password: string): Promise<Caller> =>
    bearer((await grant({ grant_type: "password", username, password })).body.access_token);
  const admin = () => signIn(administrator.email, administrator.password);
  return {
    ...{ ...world, grant, bearer, signIn, admin },
    /** A user with a role, once all services know them: of the vendor that makes them, or of none. */
    user: async (role_id: string, vendor?: Caller): Promise<Caller> => {
      const [email, password] = [`${role_id}-${randomBytes(4).toString("hex")}@example.org`, "correct horse"];
      const fields = { email, password, role_id };
      const { user_id } = (await (vendor?.call("IsvCreateUser", fields) ?? (await admin()).call("CreateUser", fields))).body;
      const known = async () =>
        (await Promise.all(world.instances().map(({ ports }) => ports.documents.get(accessModel, [`user/${user_id}`])))).every(
          ([found]) => found !== undefined,
        );
      await eventually("the user is known", known);
      return signIn(email, password);
    },
  };
};
