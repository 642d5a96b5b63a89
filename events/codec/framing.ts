/** Confluent's wire format: a zero byte, the schema id in four bytes big-endian, then the Avro body. */
export const frame = (schemaId: number, bytes: Uint8Array): Uint8Array => {
  const framed = Buffer.allocUnsafe(5 + bytes.byteLength);
  framed[0] = 0;
  framed.writeUInt32BE(schemaId, 1);
  framed.set(bytes, 5);
  return framed;
};

/** The offset of the Avro body in a framed value. */
export const BODY = 5;

/** The schema id of a framed value. Throws if the value is not in the wire format. */
export const schemaIdIn = (value: Uint8Array): number => {
  if (value.byteLength < BODY || value[0] !== 0) throw new Error("the value is not in Confluent's wire format");
  const byte = (at: number): number => value[at] ?? 0;
  return byte(1) * 0x1000000 + (byte(2) << 16) + (byte(3) << 8) + byte(4);
};
