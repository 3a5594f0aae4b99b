import { BlockList, isIP } from 'node:net';

/**
 * What is no address of the public Internet, by what it is. An IPv4 address is judged alike when it
 * comes mapped into IPv6, or behind NAT64.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  'a loopback address': ['127.0.0.0/8', '::1/128'],
  'a link-local address, where clouds keep their metadata': ['169.254.0.0/16', 'fe80::/10'],
  'a private address': ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  'an address behind a carrier’s NAT': ['100.64.0.0/10'],
  'a multicast address': ['224.0.0.0/4', 'ff00::/8'],
  'an unspecified address': ['0.0.0.0/8', '::/128'],
  'a reserved address': [
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '240.0.0.0/4',
    '::/8', // among them IPv4-compatible ones
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23', // Teredo and its neighbours
    '2001:db8::/32',
    '2002::/16', // 6to4 carries an IPv4 address
    '3fff::/20',
    '5f00::/16',
  ],
};

const special = Object.entries(SPECIAL).map(([what, ranges]) => ({ what, list: listOf(ranges) }));

/** `10.0.0.0/8` or `fd00::/8`, each a range of addresses. */
export type Networks = readonly string[];

/** Whether the text is a range of addresses such as `10.0.0.0/8`; a single address is one as well. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsOf(family));
}

/** Why a source may not lead to an address: what it is; `undefined` when it may. */
export function refusal(address: string, allowed: Networks): string | undefined {
  const bare = unwrapped(address);
  if (isIP(bare) === 0) return 'no address';
  if (holds(listOf(allowed), bare)) return undefined;
  return special.find(({ list }) => holds(list, bare))?.what;
}

/** Ranges of each family: of one list for both, `::/8` would hold every IPv4 address. */
interface Ranges {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

function listOf(ranges: Networks): Ranges {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address);
    const type = family === 6 ? 'ipv6' : 'ipv4';
    lists[type].addSubnet(address, bits === undefined ? bitsOf(family) : Number(bits), type);
  }
  return lists;
}

function holds(lists: Ranges, address: string): boolean {
  const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return lists[type].check(address, type);
}

/** The IPv4 address inside `::ffff:7f00:1` and `64:ff9b::7f00:1`, in whatever way they are spelt. */
function unwrapped(address: string): string {
  const [bare = ''] = address.split('%'); // the zone of a link-local one
  if (isIP(bare) !== 6) return bare;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] =
    /^(?:::ffff|64:ff9b:):([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

function bitsOf(family: number): number {
  return family === 6 ? 128 : 32;
}
