import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { Issued } from "./authority.ts";

/** The name in the certificate that a server shows a new connection. */
export const shownBy = async (url: string, ca: string, by?: Issued): Promise<string> => {
  const own = by && { cert: readFileSync(by.cert), key: readFileSync(by.key) };
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), ca: readFileSync(ca), ...own });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.on("error", () => {});
  socket.destroy();
  return String(subject.CN);
};
