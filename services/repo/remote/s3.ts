import { createHash, createHmac } from "node:crypto";
import type { Secret } from "../access.ts";

/** Headers of a GET signed for S3 (AWS Signature Version 4); the region comes from the host name, or else is us-east-1. */
export const signed = (url: URL, { accessKeyId, secretAccessKey }: Secret, now: Date): Readonly<Record<string, string>> => {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${regionOf(url.hostname)}/s3/aws4_request`;
  const headers = { host: url.host, "x-amz-content-sha256": sha256(""), "x-amz-date": time };
  const names = Object.keys(headers).join(";");
  const canonical = [
    "GET",
    url.pathname.split("/").map(encodePart).join("/"),
    [...url.searchParams]
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const key = [day, regionOf(url.hostname), "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = createHmac("sha256", key)
    .update(["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n"))
    .digest("hex");
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
};

const regionOf = (hostname: string): string => /(?:^|\.)s3[.-]([a-z0-9-]+)\.(?:amazonaws|qingstor)\./.exec(hostname)?.[1] ?? "us-east-1";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
/** Encodes a part of the path. Decoding first avoids encoding it twice. */
const encodePart = (part: string): string => encode(decodeURIComponent(part));
