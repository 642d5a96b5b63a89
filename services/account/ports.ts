import type { Sealed } from "../../events/index.ts";
import type { KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { PersonalData } from "./domain/personal-data.ts";
import type { AccountSettings } from "./settings.ts";

/** What the account service needs of the outside. */
export type AccountOutside = KeyDestroyer &
  Pick<Edge, "newSigningKey" | "hashPassword" | "hashSecret" | "seal"> & {
    /** A new key of the hashes by which people are found. */
    readonly newLookupKey: () => Promise<{ readonly lookupKeyId: string; readonly sealedKey: Sealed }>;
    readonly useLookupKey: (sealedKey: Sealed) => Promise<void>;
    /** The keyed hash of an e-mail address, whatever its case. */
    readonly digest: (email: string) => string;
    /** What is known of a user; all of it empty once its key is destroyed. */
    readonly openPerson: (userId: string, person: Sealed) => Promise<PersonalData>;
    /** The clients from the settings: of operators, and for logins. Without a setting, `given` is false, and each start generates a new secret. */
    readonly firstClient: AccountSettings["bootstrapClient"];
    readonly loginClient: AccountSettings["bootstrapLoginClient"];
    /** The administrator from the settings. Without a setting, `given` is false, and each start generates a new password. */
    readonly firstAdministrator: AccountSettings["bootstrapAdmin"] & { readonly id: string };
    /** Prints a generated secret for the operator. It is printed once and appears nowhere else. */
    readonly print: (line: string) => void;
  };
