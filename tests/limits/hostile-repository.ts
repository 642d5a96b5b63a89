import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

const mebibyte = 1024 * 1024;
/** What a client does not take, nobody makes. */
const pour = (response: ServerResponse, chunk: Uint8Array | string, times: number, left = times): void => {
  for (; left > 0; left--) if (!response.write(chunk)) return void response.once("drain", () => pour(response, chunk, times, left - 1));
  response.end();
};
const line = `# ${"x".repeat(1_021)}\n`;
const block = Buffer.from(line.repeat(64));
const hundreds = 200 * mebibyte;
const bomb = gzipSync(Buffer.alloc(16 * mebibyte, "#"));

/** What a repository may do to those who index it, by the name of its folder. */
export const tricks: { readonly [name: string]: (response: ServerResponse) => void } = {
  told: (response) => pour(response.writeHead(200, { "content-length": hundreds }), block, hundreds / block.byteLength),
  untold: (response) => pour(response, block, hundreds / block.byteLength),
  endless: (response) => pour(response, block, Number.POSITIVE_INFINITY),
  /** Small as it is sent, and nothing asked for it. */
  bomb: (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
  /** Within the limit of size, and nothing but values. */
  values: (response) => void response.end(`apiVersion: v1\nentries: [${"a,".repeat(3 * mebibyte)}]`),
  json: (response) => void response.end(`{"apiVersion":"v1","entries":[${"[],".repeat(10 * mebibyte)}[]]}`),
  hangs: () => {},
  trickles: (response) => {
    const timer = setInterval(() => response.write("#"), 20);
    response.once("close", () => clearInterval(timer));
  },
  circle: (response) => void response.writeHead(302, { location: "/circle/index.yaml" }).end(),
  sound: (response) => void response.end("apiVersion: v1\nentries: {}\n"),
};

export const hostile = ({ url = "" }: IncomingMessage, response: ServerResponse): void =>
  (tricks[url.split("/")[1] ?? ""] ?? ((other) => void other.writeHead(404).end()))(response);
