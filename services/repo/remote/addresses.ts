import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Networks by version: one list for both would take an IPv4 address for its mapping into IPv6. */
type Networks = { readonly ipv4: BlockList; readonly ipv6: BlockList };
const listOf = (networks: readonly string[]): Networks => {
  const list = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const each of networks) {
    const [network = "", prefix = ""] = each.split("/");
    list[versionOf(network)].addSubnet(network, Number(prefix), versionOf(network));
  }
  return list;
};
const versionOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
const has = (list: Networks, address: string): boolean => {
  const bare = unmapped(address.replace(/%.*$/, ""));
  return list[versionOf(bare)].check(bare, versionOf(bare));
};
/** The IPv4 address in an IPv6 address, however that is written; any other address as it is. */
const unmapped = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [, high, low] = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  return high && low ? [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join(".") : address;
};

/** The blocks of IANA's registries of special-purpose addresses that are not global, multicast, and what clouds use like link-local addresses. */
const notPublic = listOf([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's services for its machines
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24", // AS112: answered by the nearest network
  "192.52.193.0/24", // AMT relays, too
  "192.88.99.0/24", // relays of 6to4, withdrawn
  "192.168.0.0/16",
  "192.175.48.0/24", // AS112
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3", // multicast, reserved and broadcast
  // Only 2000::/3 is global. Outside: loopback, mapped and translated IPv4, NAT64, discard-only, segment routing, local, multicast, unassigned.
  "::/3",
  "4000::/2",
  "8000::/1",
  "2001::/23", // protocols of the IETF: Teredo, benchmarks, ORCHID
  "2001:db8::/32",
  "2002::/16", // 6to4, which holds IPv4 addresses
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
]);

/** Whether an address is not public: loopback, link-local, private or reserved, or a translation of such an address. */
export const isPrivate = (address: string): boolean => has(notPublic, address);

/** The private networks in which repositories are allowed, as in `10.0.0.0/8`, and single servers, as in `127.0.0.1:8080`; or all of them. */
export type PrivateNetworks = readonly string[] | "all";

/** Whether a repository may have this address and port. Public addresses are always permitted. */
export type Permits = (address: string, port: number) => boolean;
export const permitted = (networks: PrivateNetworks): Permits => {
  if (networks === "all") return () => true;
  const list = listOf(networks.filter((each) => each.includes("/")));
  const servers = new Set(networks);
  const named = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);
  return (address, port) => !isPrivate(address) || has(list, address) || servers.has(`${named(address)}:${port}`);
};

/** The port that a URL leads to. */
export const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === "http:" ? 80 : 443);

export type Address = { readonly address: string; readonly family: number };

/** The addresses of a host. Throws if the name is unknown. */
export const addressesOf = async (hostname: string): Promise<readonly Address[]> => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(bare);
  return family === 0 ? lookup(bare, { all: true }) : [{ address: bare, family }];
};
