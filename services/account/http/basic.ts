/** The client id and secret of an HTTP Basic authorization (RFC 7617), each form-encoded as OAuth 2 (RFC 6749) requires. */
export const basicCredentials = (authorization: string | undefined): { readonly id: string; readonly secret: string } | undefined => {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const at = text.indexOf(":");
  return at < 1 ? undefined : { id: decoded(text.slice(0, at)), secret: decoded(text.slice(at + 1)) };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
};
