import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { inNetworks } from "./networks.ts";

/** The blocks of IANA's registries of special-purpose addresses that are not global, multicast, and what clouds use like link-local addresses. */
const isNotPublic = inNetworks([
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
export const isPrivate = (address: string): boolean => isNotPublic(address);

/** The private networks in which servers of users are allowed, as in `10.0.0.0/8`, and single servers, as in `127.0.0.1:8080`; or all of them. */
export type PrivateNetworks = readonly string[] | "all";

/** Whether a server of a user may have this address and port. Public addresses are always permitted. */
export type Permits = (address: string, port: number) => boolean;
export const permitted = (networks: PrivateNetworks): Permits => {
  if (networks === "all") return () => true;
  const isInside = inNetworks(networks.filter((each) => each.includes("/")));
  const servers = new Set(networks);
  const named = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);
  return (address, port) => !isPrivate(address) || isInside(address) || servers.has(`${named(address)}:${port}`);
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

/** Whether the host is an IP literal that is not permitted. For a literal, no look-up happens that could check it. */
export const isForbiddenLiteral = (hostname: string, permits: (address: string) => boolean): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) !== 0 && !permits(bare);
};

/** A look-up for a connection, so that a name cannot resolve to another address later: fails if any of its addresses is not permitted. */
export const lookupWithin =
  (permits: (address: string) => boolean, refused: () => Error, resolve = addressesOf): LookupFunction =>
  (hostname, { all }, answer) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return answer(new Error(`${hostname} has no address`), "", 0);
        if (!addresses.every(({ address }) => permits(address))) return answer(refused(), "", 0);
        return all ? answer(null, [...addresses]) : answer(null, first.address, first.family);
      },
      (error: Error) => answer(error, "", 0),
    );
  };
