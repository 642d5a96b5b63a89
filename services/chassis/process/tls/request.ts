import { Agent, request } from "node:https";
import { urlToHttpOptions } from "node:url";
import { answerBytes, type Send, tooLarge } from "../client.ts";
import type { Certificates } from "./certificates.ts";

/** The TLS options of a request to another process of the platform. */
export const asProcess = (certificates: Certificates) => ({ secureContext: certificates.context() });

/** Keep-alive connections to other processes. Sessions are not resumed: a resumed session would not check the server's current certificate. */
export const processAgent = (): Agent => new Agent({ keepAlive: true, timeout: 3_000, maxFreeSockets: 64, maxCachedSessions: 0 });

/** Adds a hint to errors of closed connections: a server that rejects a client certificate closes the connection without a message. */
export const withHint = (error: Error): string =>
  Reflect.get(error, "code") === "ECONNRESET"
    ? `${error.message}; if this happens every time, the server rejects this process's certificate, and its log says why`
    : error.message;

/** Sends requests to other processes of the platform by mutual TLS only. */
export const sendAsProcess = (certificates: Certificates, agent = processAgent()): { readonly send: Send; readonly close: () => void } => ({
  send: ({ url, method = "GET", headers = {}, body, serverName }, signal) =>
    new Promise((resolve, reject) => {
      const target = urlToHttpOptions(new URL(url));
      if (target.protocol !== "https:") return reject(new Error(`${url} must be an https:// URL: services talk over TLS only`));
      const options = {
        ...target,
        ...asProcess(certificates),
        ...(serverName && { servername: serverName }),
        method,
        headers,
        agent,
        signal,
      };
      const sent = request(options, (incoming) => {
        const chunks: Uint8Array[] = [];
        let size = 0;
        incoming.on("data", (chunk: Uint8Array) => {
          size += chunk.byteLength;
          if (size > answerBytes) incoming.destroy(tooLarge(url));
          else chunks.push(chunk);
        });
        incoming.on("error", reject);
        incoming.on("end", () => {
          const known = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
          resolve({ status: incoming.statusCode ?? 502, headers: new Headers(known), body: new Uint8Array(Buffer.concat(chunks)) });
        });
      });
      sent.on("error", (cause) => reject(new Error(`${url}: ${withHint(cause)}`, { cause })));
      sent.end(body);
    }),
  close: () => agent.destroy(),
});
