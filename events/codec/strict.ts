import avro from "avsc";

type Writer = (tap: unknown, value: object) => void;
type Built = { readonly fields: readonly { readonly name: string }[] };
/** What Avro's records are made by: not in its types, but in the pinned version. */
type RecordType = new (schema: avro.Schema, options: object) => avro.Type & Built & { _createWriter(): Writer };
const { RecordType } = avro.types as unknown as { readonly RecordType: RecordType };

/**
 * A type whose records, and those in it, refuse to be written with a field that is not declared, `more` ones of the outermost beside. It is all
 * that Avro's own writer does not look at: it refuses what does not fit, and leaves out silently what it does not know.
 */
export const strictType = (schema: object, more: readonly string[] = []): avro.Type => {
  let isOutermost = true;
  const typeHook = (part: unknown, options: object): avro.Type | undefined => {
    if (!isRecord(part)) return undefined;
    const beside = isOutermost ? more : [];
    isOutermost = false;
    // Its writer is made while it is constructed.
    class StrictRecord extends RecordType {
      override _createWriter(): Writer {
        return refusing(super._createWriter(), [...beside, ...this.fields.map(({ name }) => name)]);
      }
    }
    return new StrictRecord(part as avro.Schema, options);
  };
  // Its types know no hook that is given the options.
  return avro.Type.forSchema(schema as avro.Schema, { omitRecordMethods: true, typeHook } as avro.ForSchemaOptions);
};

/** Names are looked up only where they do not stand as they did in the first record. */
const refusing = (write: Writer, declared: readonly string[]): Writer => {
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

const isRecord = (schema: unknown): boolean =>
  schema !== null && typeof schema === "object" && "type" in schema && schema.type === "record";
