import { Agent, request } from "node:https";
import { urlToHttpOptions } from "node:url";
import { answerBytes, type Send, tooLarge } from "../client.ts";
import type { Certificates } from "./certificates.ts";

/** What a request to another process of the platform needs besides its address. */
export const asProcess = (certificates: Certificates) => ({ secureContext: certificates.context() });

/** Kept-alive connections to other processes. A resumed session would skip the other side's certificate, which may be another by now. */
export const processAgent = (): Agent => new Agent({ keepAlive: true, timeout: 3_000, maxFreeSockets: 64, maxCachedSessions: 0 });

/** Who does not accept a certificate hangs up without a word. */
export const withHint = (error: Error): string =>
  Reflect.get(error, "code") === "ECONNRESET"
    ? `${error.message}; if that is so every time, it does not accept this process's certificate, and its log says why`
    : error.message;

/** Sends requests to other processes of the platform, which show each other who they are. Nothing is sent in clear. */
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
