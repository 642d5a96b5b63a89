import assert from "node:assert/strict";
import { codec } from "../../../events/codec/codec.ts";
import { recordsOf } from "../../../events/log/record.ts";
import type { Meta } from "../../../events/message.ts";
import type { OutgoingRecord } from "../../../events/ports.ts";
import type { Service } from "../../../events/service.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import type { Projection } from "../../../services/chassis/events.ts";

const released = codec(schemas);

/** Event ids at which the tables throw; taken out when the bug is mended. */
export type Poison = Set<string>;

/** A read model that keeps every name in the order in which it came, and reactions that tell each in a stream of the service's own. */
export const catalog = (poison: Poison): { readonly service: Service; readonly names: Projection<{ names: readonly string[] }> } => {
  const check = ({ eventId }: Meta): void => {
    if (poison.has(eventId)) throw new Error(`cannot digest ${eventId}`);
  };
  const names: Projection<{ names: readonly string[] }> = {
    name: "names",
    version: 1,
    initialState: { names: [] },
    evolve: {
      CategoryModified: (document, { name }, meta) => {
        check(meta);
        return { names: [...document.names, name] };
      },
    },
  };
  type Tell = { readonly type: "Tell"; readonly groupId: string; readonly name: string };
  type Told = { readonly type: "GroupModified"; readonly groupId: string; readonly name: string; readonly description: string };
  const told = {
    key: "groupId" as const,
    initialState: {},
    decide: { Tell: ({ groupId, name }: Tell): readonly Told[] => [{ type: "GroupModified", groupId, name, description: "" }] },
    evolve: { GroupModified: (state: object) => state },
  };
  const service: Service = {
    name: "catalog",
    aggregates: { group: { decider: told } },
    projections: [names],
    reactions: {
      CategoryModified: {
        issues: "Tell",
        given: ({ categoryId, name }: { categoryId: string; name: string }, meta: Meta) => {
          check(meta);
          return { groupId: categoryId, name };
        },
      },
    },
  };
  return { service, names };
};

/** The nth event of a stream of categories, as its service would publish it. */
export const change = (categoryId: string, version: number): OutgoingRecord => {
  const fields = { categoryId, name: `${version}`, locale: "", description: "", icon: "" };
  const [record] = recordsOf(contract, "app", {
    ...{ stream: `category/${categoryId}`, version, events: [released.encode("category", { type: "CategoryModified", ...fields })] },
    ...{ cause: null, rejection: null, claims: [], publish: true, effects: [], timers: [] },
    metadata: {
      ...{ time: "2026-01-01T00:00:00.000Z", actor: { userId: "usr-dev", ownerPath: ":usr-dev" }, correlationId: "request-1" },
      ...{ causationId: null, actionId: null, row: "ModifyCategory", traceparent: null, hops: 0, fingerprint: null },
    },
  });
  assert.ok(record);
  return record;
};
export const changes = (categoryId: string, from: number, to: number): readonly OutgoingRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => change(categoryId, from + index));

export const READ_MODEL = "names__v1";
export const REACTIONS = "reactions";

export const versions = (from: number, to: number, but: readonly number[] = []): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .filter((version) => !but.includes(version))
    .map(String);
