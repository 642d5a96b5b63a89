/** What of a kubeconfig would run or read something on this machine, or weaken the connection. */
export const forbiddenOfUser = {
  exec: "runs a program",
  "auth-provider": "runs a plugin",
  tokenFile: "names a file",
  "client-certificate": "names a file",
  "client-key": "names a file",
  as: "acts as somebody else",
  "as-uid": "acts as somebody else",
  "as-groups": "acts as somebody else",
  "as-user-extra": "acts as somebody else",
} as const;
export const forbiddenOfCluster = {
  "certificate-authority": "names a file",
  "proxy-url": "names a proxy",
} as const;

/** The same as a JSON Schema, by which a credential is refused when it is made. */
export const kubeconfigSchema = {
  type: "object",
  required: ["clusters", "users", "contexts", "current-context"],
  properties: {
    "current-context": { type: "string", minLength: 1 },
    contexts: { type: "array", minItems: 1 },
    clusters: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["name", "cluster"],
        properties: {
          cluster: {
            type: "object",
            required: ["server"],
            properties: {
              server: { type: "string", pattern: "^https://" },
              "insecure-skip-tls-verify": { const: false },
              ...never(forbiddenOfCluster),
            },
          },
        },
      },
    },
    users: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["name", "user"], properties: { user: { type: "object", properties: never(forbiddenOfUser) } } },
    },
  },
} as const;

function never(fields: object): { readonly [field: string]: false } {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, false] as const));
}
