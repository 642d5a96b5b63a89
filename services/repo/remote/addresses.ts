import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const each of networks) {
    const [network = "", prefix = ""] = each.split("/");
    list.addSubnet(network, Number(prefix), versionOf(network));
  }
  return list;
};
const versionOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
const has = (list: BlockList, address: string): boolean => {
  const bare = address.replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return list.check(mapped, versionOf(mapped));
};

const notPublic = listOf([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/96", // includes the deprecated IPv4-compatible addresses
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2001::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/9",
  "ff00::/8",
]);

/** Whether an address is not public: loopback, link-local, private or reserved, or a translation of such an address. */
export const isPrivate = (address: string): boolean => has(notPublic, address);

/** The private networks in which repositories are allowed, as in `10.0.0.0/8`; or all of them. */
export type PrivateNetworks = readonly string[] | "all";

/** A predicate: whether a repository may have this address. Public addresses are always permitted. */
export const permitted = (networks: PrivateNetworks): ((address: string) => boolean) => {
  if (networks === "all") return () => true;
  const list = listOf(networks);
  return (address) => !isPrivate(address) || has(list, address);
};

export type Address = { readonly address: string; readonly family: number };

/** The addresses of a host. Throws if the name is unknown. */
export const addressesOf = async (hostname: string): Promise<readonly Address[]> => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(bare);
  return family === 0 ? lookup(bare, { all: true }) : [{ address: bare, family }];
};
