import { AvroSchemaParser } from "@asyncapi/avro-schema-parser";
import { Parser } from "@asyncapi/parser";

// Prints what is wrong with the document of standard input, as JSON.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });
const { document, diagnostics } = await parser.parse(text);
console.log(
  JSON.stringify({ channels: document?.channels().all().length ?? 0, messages: document?.allMessages().all().length ?? 0, diagnostics }),
);
