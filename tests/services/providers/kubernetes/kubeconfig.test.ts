import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { kubeconfigOf, readKubeconfig } from "../../../../services/providers/kubernetes/kubeconfig.ts";
import { kubeconfigSchema } from "../../../../services/providers/kubernetes/kubeconfig-schema.ts";
import { authority } from "../../chassis/tls/authority.ts";

const { ca, issue } = authority();
const base64 = (path: string) => readFileSync(path).toString("base64");
const [good, expired, other] = [issue("good"), issue("expired", -1), issue("other")];
const now = Date.now();

type Parts = { readonly cluster?: object; readonly user?: object; readonly more?: object };
const config = ({ cluster = {}, user = {}, more = {} }: Parts = {}): string =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
    contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    clusters: [
      { name: "c", cluster: { server: "https://api.example.org:6443/k8s", "certificate-authority-data": base64(ca), ...cluster } },
    ],
    users: [{ name: "u", user: { token: "abc", ...user } }],
    ...more,
  });

const refused: readonly (readonly [what: string, content: string, why: RegExp, bySchema: boolean])[] = [
  ["no YAML", "{user", /it is not YAML/, false],
  ["a list", "[]", /it is not a map/, true],
  ["no context", config({ more: { "current-context": "" } }), /no context for its current context/, true],
  ["an unknown context", config({ more: { "current-context": "there" } }), /no context for its current context/, false],
  ["an exec plugin", config({ user: { exec: { command: "sh" } } }), /exec of its user runs a program/, true],
  ["an auth provider", config({ user: { "auth-provider": { name: "gcp" } } }), /auth-provider of its user runs a plugin/, true],
  ["a token file", config({ user: { tokenFile: "/etc/shadow" } }), /tokenFile of its user names a file/, true],
  ["a certificate file", config({ user: { "client-certificate": "/x" } }), /client-certificate of its user names a file/, true],
  ["a key file", config({ user: { "client-key": "/x" } }), /client-key of its user names a file/, true],
  ["somebody else", config({ user: { as: "admin" } }), /as of its user acts as somebody else/, true],
  [
    "an authority's file",
    config({ cluster: { "certificate-authority": "/x" } }),
    /certificate-authority of its cluster names a file/,
    true,
  ],
  ["a proxy", config({ cluster: { "proxy-url": "http://x" } }), /proxy-url of its cluster names a proxy/, true],
  ["no verification", config({ cluster: { "insecure-skip-tls-verify": true } }), /turns the verification of certificates off/, true],
  ["plain HTTP", config({ cluster: { server: "http://api.example.org" } }), /not an https URL/, true],
  ["a user in the URL", config({ cluster: { server: "https://a:b@api.example.org" } }), /more than an address/, false],
  ["no credential", config({ user: { token: "" } }), /neither a token, nor a certificate with a key, nor a password/, false],
  ["a token with a line end", config({ user: { token: "a\nb" } }), /other than visible ASCII/, false],
  ["no base64", config({ cluster: { "certificate-authority-data": "%%%" } }), /certificate-authority-data is not base64/, false],
  [
    "no certificate",
    config({ cluster: { "certificate-authority-data": "aGVsbG8=" } }),
    /the certificate of its authority cannot be read/,
    false,
  ],
  [
    "an expired certificate",
    config({ user: { "client-certificate-data": base64(expired.cert), "client-key-data": base64(expired.key) } }),
    /the certificate of its user expired on/,
    false,
  ],
  [
    "another's key",
    config({ user: { "client-certificate-data": base64(good.cert), "client-key-data": base64(other.key) } }),
    /the key of its user does not belong to the certificate/,
    false,
  ],
];
const isFit = new Ajv({ strict: false }).compile(kubeconfigSchema);

for (const [what, content, why, bySchema] of refused)
  test(`a kubeconfig with ${what} is refused`, () => {
    assert.throws(() => readKubeconfig(content, now), { name: "KubernetesError", message: why });
    if (bySchema) assert.equal(isFit(JSON.parse(content)), false, "a credential of it is refused when it is made");
  });

test("of a kubeconfig its server, authority and user are taken, and nothing else", () => {
  const certificate = { "client-certificate-data": base64(good.cert), "client-key-data": base64(good.key), token: undefined };
  for (const user of [{}, certificate, { token: undefined, username: "me", password: "secret" }]) {
    const content = config({ user: { ...user, extra: "x" }, cluster: { "tls-server-name": "inside", extra: "x" }, more: { extra: "x" } });
    assert.equal(isFit(JSON.parse(content)), true);
    const access = readKubeconfig(content, now);
    assert.deepEqual([access.host, access.port, access.path, access.serverName], ["api.example.org", 6443, "/k8s", "inside"]);
    const written = kubeconfigOf(access, "10.0.0.1");
    assert.doesNotMatch(written, /extra|example/);
    assert.deepEqual(readKubeconfig(written, now), { ...access, host: "10.0.0.1" });
  }
});
