import { type OperationId, operations } from "../../schemas/generated/http.ts";
import type { AccessDocument } from "../../services/chassis/access/access.ts";
import type { HttpRow } from "../../services/chassis/http/rows.ts";
import type { Answer } from "../world/requests.ts";
import { requestOf } from "./cells.ts";
import { holesEverywhere, lines } from "./expectation.ts";
import { rowsOf } from "./fixtures.ts";
import { type Caller, levelOf, named, withOneBundle } from "./principals.ts";
import { reaches } from "./reach.ts";

/** Everybody who has a token: the system is no user. */
const callers = [...named.filter(({ userId }) => userId !== "system"), ...withOneBundle];
type Service = { readonly name: string; readonly http?: readonly HttpRow[] };
/** A request that docs/access.md refuses. */
export type Cell = {
  readonly caller: Caller;
  readonly userId: string;
  readonly operation: OperationId;
  readonly request: object;
  /** What is wrong with the answer; undefined if it is as the page says. */
  readonly problemIn: (answer: Answer) => string | undefined;
};

/** Cells at random, of operations that the services have. */
export function* refusedCells(services: readonly Service[], random: () => number): Generator<Cell, never> {
  const rows = new Map(services.flatMap(({ http = [] }) => http.map((row) => [row.operation, row] as const)));
  // The gateway's own operation asks for what a request caused: there is none here.
  const isServed = (operation: OperationId) => rows.has(operation) && operations[operation].service !== "api";
  for (;;) {
    const [caller, line] = [pick(callers, random), pick(lines, random)];
    const operation = line.operation as OperationId; // Another test checks the names.
    const field = line.fields.length === 0 ? undefined : pick(line.fields, random);
    if (!field || line.isPublic || field.refusals.includes("counted") || !isServed(operation)) continue;
    const wanted = pick(rowsOf(field.name, field.least.keys()), random);
    const level = levelOf(caller, operation);
    if ([...line.holes, ...holesEverywhere].includes(wanted) || (level !== "none" && reaches(caller, operation, field, wanted))) continue;
    const expected = level === "none" ? ["403"] : field.refusals;
    yield {
      ...{ caller, operation, userId: `usr-${callers.indexOf(caller)}` },
      request: requestOf(operation, field.name, wanted, rows.get(operation), caller),
      problemIn: ({ status, error, body }) => {
        const found = status === 200 && operations[operation].rows !== null && body.total_count === undefined ? "hidden" : String(status);
        const isAsExpected = expected.includes(found) && (level !== "none" || error === "permission_denied");
        return isAsExpected ? undefined : `${operation} of ${wanted} by ${caller.name}: ${field.name} is ${found}, ${error}`;
      },
    };
  }
}

/** What services know of a caller: the user with roles of their own, and the group below theirs, by the ids of the access read model. */
export const knownOf = ({
  caller,
  userId,
}: Pick<Cell, "caller" | "userId">): readonly (readonly [id: string, value: Partial<AccessDocument> & Pick<AccessDocument, "kind">])[] => [
  ...[...caller.roles].map(([role, modules]) => [`role/${role}-${userId}`, { kind: "role", modules }] as const),
  ["group/grp-2", { kind: "group", parentGroupId: "grp-1" }],
  [
    `user/${userId}`,
    {
      ...{ kind: "user", groupPath: caller.groupPath, groupIds: caller.groups },
      roleIds: caller.roleIds.map((role) => (caller.roles.has(role) ? `${role}-${userId}` : role)),
    },
  ],
];

const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T; // The list is not empty.
