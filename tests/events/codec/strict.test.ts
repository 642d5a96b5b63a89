import assert from "node:assert/strict";
import { test } from "node:test";
import avro from "avsc";
import { codec, InvalidEvent } from "../../../events/codec/codec.ts";
import { isSealed } from "../../../events/sealed.ts";
import { seeded } from "../../../events/simulation/time.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { sealedText } from "../../sealed.ts";

const released = codec(schemas);
const random = seeded(11);
const below = (count: number): number => Math.floor(random() * count);

/** Objects and lists in a value, itself among them. */
const places = (value: unknown): object[] =>
  value !== null && typeof value === "object" && !Buffer.isBuffer(value) ? [value, ...Object.values(value).flatMap(places)] : [];

/** Avro's own text type, whose values are sealed texts. */
class Secret extends (avro.types.StringType as unknown as new () => object) {
  random(): string {
    return sealedText(String(below(1_000)));
  }
  _check(value: unknown): boolean {
    return typeof value === "string" && isSealed(value);
  }
}
/** The same, which is empty now. */
class Personal extends (avro.types.StringType as unknown as new () => object) {
  random(): string {
    return "";
  }
  _check(value: unknown): boolean {
    return value === "";
  }
}
const typeHook = (part: object): unknown =>
  "secret" in Object(part) ? new Secret() : "personal" in Object(part) ? new Personal() : undefined;
const typeOf = (schema: object): avro.Type =>
  avro.Type.forSchema(schema as avro.Schema, { omitRecordMethods: true, typeHook } as object as avro.ForSchemaOptions);

const wrong = [undefined, null, 1, 1.5, "text", true, {}, [], { more: 1 }, ["a"], [{}]];

/** Changes something somewhere in a value. */
const spoil = (event: object): void => {
  const all = places(event);
  const place = all[below(all.length)] ?? event;
  const names = Object.keys(place).filter((name) => place !== event || name !== "type");
  const name = names[below(names.length)];
  const turn = below(3);
  if (turn === 0 && !Array.isArray(place)) Reflect.set(place, "undeclared", 1);
  else if (name !== undefined && turn === 1 && !Array.isArray(place)) Reflect.deleteProperty(place, name);
  else if (name !== undefined) Reflect.set(place, name, structuredClone(wrong[below(wrong.length)]));
};

test("an event is refused if and only if Avro's own check of all declared fields refuses it", () => {
  let refused = 0;
  let taken = 0;
  // Of each event the form that is written now.
  const current = new Map(schemas.map((each) => [`${each.aggregate}/${each.event}`, each]));
  for (const { aggregate, event: name, schema } of current.values()) {
    const type = typeOf(schema);
    for (let turn = 0; turn < 40; turn++) {
      const event = { type: name, ...structuredClone({ ...type.random() }) };
      for (let change = below(3); change > 0; change--) spoil(event);
      const { type: _, ...fields } = event;
      const isValid = type.isValid(fields, { noUndeclaredFields: true });
      const encode = () => released.encode(aggregate, event);
      if (isValid) {
        taken++;
        assert.ok(Buffer.from(encode().bytes).equals(type.toBuffer(fields)));
      } else {
        refused++;
        assert.throws(encode, InvalidEvent, `${name} ${JSON.stringify(event)}`);
      }
    }
  }
  assert.ok(refused > 500 && taken > 500, `${refused} refused, ${taken} taken`);
});

test("an event larger than most is encoded whole", () => {
  const event = { type: "CategoryModified", name: "x".repeat(200_000), locale: "en", description: "", icon: "", categoryId: "ctg-1" };
  const { schemaId, bytes } = released.encode("category", event);
  assert.ok(bytes.byteLength > 200_000);
  assert.deepEqual({ ...released.decode(schemaId, bytes) }, event);
});
