import { BlockList, isIP } from "node:net";

const versionOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Whether an address is in one of these networks, such as `10.0.0.0/8`. An IPv4 address in IPv6 is the IPv4 address, however it is written. */
export const inNetworks = (networks: readonly string[]): ((address: string) => boolean) => {
  // By version: one list for both would take an IPv4 address for its mapping into IPv6.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const each of networks) {
    const [network = "", prefix = ""] = each.split("/");
    lists[versionOf(network)].addSubnet(network, Number(prefix), versionOf(network));
  }
  return (address) => {
    const bare = unmapped(address.replace(/%.*$/, ""));
    return lists[versionOf(bare)].check(bare, versionOf(bare));
  };
};

/** The IPv4 address in an IPv6 address; any other address as it is. */
const unmapped = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [, high, low] = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  return high && low ? [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join(".") : address;
};
