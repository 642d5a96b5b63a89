/** Confluent's wire format: a zero byte, the schema id in four bytes big-endian, then the Avro body. */
export const frame = (schemaId: number, bytes: Uint8Array): Uint8Array => {
  const framed = Buffer.allocUnsafe(5 + bytes.byteLength);
  framed[0] = 0;
  framed.writeUInt32BE(schemaId, 1);
  framed.set(bytes, 5);
  return framed;
};

/** Throws when it is not in the wire format. */
export const unframe = (value: Uint8Array | null): { readonly schemaId: number; readonly bytes: Uint8Array } => {
  if (!value || value.byteLength < 5 || value[0] !== 0) throw new Error("the value is not in Confluent's wire format");
  const byte = (at: number): number => value[at] ?? 0;
  return { schemaId: byte(1) * 0x1000000 + (byte(2) << 16) + (byte(3) << 8) + byte(4), bytes: value.subarray(5) };
};
