/**
 * What every answer of every server says, unless it says otherwise: no browser guesses its type, runs or frames it, names its address to other
 * sites, or stores it. A few lines, since most of what a library for this (helmet) sets is for pages.
 */
export const securityHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** What a server with TLS says besides: browsers use no plain HTTP with this host for a year. Its other names are not the platform's to decide on. */
export const secureTransport = { "strict-transport-security": "max-age=31536000" } as const;
