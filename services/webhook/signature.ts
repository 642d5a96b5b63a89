import { createHmac } from "node:crypto";

/** The headers of a message as Standard Webhooks has them: signed with each of the secrets, of which the receiver knows at least one. */
export const signed = (eventId: string, json: string, secrets: readonly string[], now: number): Readonly<Record<string, string>> => {
  // Without a full stop, which separates the parts of what is signed.
  const id = `evt_${Buffer.from(eventId).toString("base64url")}`;
  const timestamp = String(Math.floor(now / 1_000));
  const signature = (secret: string): string => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${json}`).digest("base64")}`;
  };
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": secrets.map(signature).join(" ") };
};
