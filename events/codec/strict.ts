import avro from "avsc";
import { isSealed } from "../sealed.ts";

type Writer = (tap: unknown, value: object) => void;
type Built = { readonly fields: readonly { readonly name: string }[] };
/** The class of avsc's record types. Its declaration file omits it; this is its shape in the pinned version. */
type RecordType = new (schema: avro.Schema, options: object) => avro.Type & Built & { _createWriter(): Writer };
type Hook = (value: unknown, type: unknown) => void;
type StringType = new () => avro.Type & { _read(tap: unknown): string; _write(tap: unknown, value: unknown): void };
const { RecordType, StringType } = avro.types as unknown as { readonly RecordType: RecordType; readonly StringType: StringType };

/** The type of a field that the schema marks with `"secret": true`: it neither writes nor reads anything but sealed text. */
class SecretType extends StringType {
  override _read(tap: unknown): string {
    return sealed(super._read(tap));
  }
  override _write(tap: unknown, value: unknown): void {
    super._write(tap, sealed(value));
  }
  _check(value: unknown, _: unknown, hook?: Hook): boolean {
    const fits = typeof value === "string" && isSealed(value);
    if (!fits) hook?.(value, this);
    return fits;
  }
}

/**
 * The type of a field that the schema marks with `"personal": true`: in events of earlier releases it names a person. It reads any text, and writes
 * none, so that what is known of people is written as secrets only.
 */
class PersonalType extends StringType {
  override _write(tap: unknown, value: unknown): void {
    if (value !== "") throw new Error("what is known of a person is not sealed");
    super._write(tap, value);
  }
  _check(value: unknown, _: unknown, hook?: Hook): boolean {
    const fits = value === "";
    if (!fits) hook?.(value, this);
    return fits;
  }
}

const sealed = (value: unknown): string => {
  if (typeof value === "string" && isSealed(value)) return value;
  throw new Error("a secret is not sealed");
};

/**
 * A type whose records, at every level, reject undeclared fields when written; the outermost record also allows the fields in `more`. avsc itself
 * rejects values of a wrong type, but silently omits undeclared fields.
 */
export const strictType = (schema: object, more: readonly string[] = []): avro.Type => {
  let isOutermost = true;
  const typeHook = (part: unknown, options: object): avro.Type | undefined => {
    if (isMarked(part, "secret")) return new SecretType();
    if (isMarked(part, "personal")) return new PersonalType();
    if (!isRecord(part)) return undefined;
    const extra = isOutermost ? more : [];
    isOutermost = false;
    // The base constructor calls `_createWriter`.
    class StrictRecord extends RecordType {
      override _createWriter(): Writer {
        return rejecting(super._createWriter(), [...extra, ...this.fields.map(({ name }) => name)]);
      }
    }
    return new StrictRecord(part as avro.Schema, options);
  };
  // The declared type of the hook lacks its `options` parameter.
  return avro.Type.forSchema(schema as avro.Schema, { omitRecordMethods: true, typeHook } as avro.ForSchemaOptions);
};

/** Rejects undeclared fields. Looks names up only if their order differs from that of the first record. */
const rejecting = (write: Writer, declared: readonly string[]): Writer => {
  const known = new Set(declared);
  let usual: readonly string[] = [];
  const check = (value: object): void => {
    for (const name in value) if (!known.has(name)) throw new Error(`${name} is not declared`);
    if (usual.length === 0) usual = Object.keys(value);
  };
  return (tap, value) => {
    let at = 0;
    for (const name in value)
      if (name !== usual[at++]) {
        check(value);
        break;
      }
    write(tap, value);
  };
};

const isMarked = (schema: unknown, mark: string): boolean =>
  schema !== null && typeof schema === "object" && Reflect.get(schema, mark) === true;

const isRecord = (schema: unknown): boolean =>
  schema !== null && typeof schema === "object" && "type" in schema && schema.type === "record";
