/** Fields of a message of Protocol Buffers, by number: those with a length, in order. Others are skipped. */
const fieldsOf = (bytes: Buffer): ReadonlyMap<number, readonly Buffer[]> => {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    if ((tag & 7) === 0) varint();
    else if ((tag & 7) === 2) {
      const length = varint();
      fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), bytes.subarray(at, at + length)]);
      at += length;
    } else throw new Error(`wire type ${tag & 7}`);
  }
  return fields;
};
const text = (bytes: Buffer | undefined): string => bytes?.toString("utf8") ?? "";
const mapIn = <T>(entries: readonly Buffer[] = [], read: (value: Buffer) => T): { readonly [key: string]: T } =>
  Object.fromEntries(
    entries.map((entry) => {
      const fields = fieldsOf(entry);
      return [text(fields.get(1)?.[0]), read(fields.get(2)?.[0] ?? Buffer.alloc(0))];
    }),
  );

/** A secret as helm 4 sends it, `k8s\0` before; null for anything else. */
export const secretIn = (bytes: Buffer): object | null => {
  if (bytes.subarray(0, 4).toString("latin1") !== "k8s\0") return null;
  const raw = fieldsOf(fieldsOf(bytes.subarray(4)).get(2)?.[0] ?? Buffer.alloc(0));
  const metadata = fieldsOf(raw.get(1)?.[0] ?? Buffer.alloc(0));
  return {
    metadata: { name: text(metadata.get(1)?.[0]), labels: mapIn(metadata.get(11), text) },
    type: text(raw.get(3)?.[0]),
    data: mapIn(raw.get(2), (value) => value.toString("base64")),
  };
};
