import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import avro from "avsc";

/** Writes values into an Avro Object Container File, which every Avro reader opens. Fails if the file exists; only its owner can read it. */
export const writeContainer = async (
  file: string,
  schema: object,
  metadata: { readonly [name: string]: string },
  values: AsyncIterable<object>,
): Promise<void> => {
  const encoder = new avro.streams.BlockEncoder(
    schema as avro.Schema,
    {
      codec: "deflate",
      writeHeader: "always",
      metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text)])),
    } as Partial<avro.EncoderOptions>,
  ); // The declaration file lacks `metadata`.
  await pipeline(Readable.from(values), encoder, createWriteStream(file, { flags: "wx", mode: 0o600 }));
};

/** The values of a container file as this schema reads them. Throws if the file is damaged or of another schema. */
export async function* readContainer<T>(file: string, schema: object): AsyncGenerator<T> {
  const decoder = new avro.streams.BlockDecoder({ readerSchema: schema } as Partial<avro.DecoderOptions>); // The declaration file lacks `readerSchema`.
  const source = createReadStream(file);
  source.on("error", (error) => decoder.destroy(error));
  source.pipe(decoder);
  for await (const value of decoder) yield value as T; // The schema says so.
}
