import { BlockList, isIP } from 'node:net';

/** IPv4 that is not the public Internet: IANA's special-purpose registry, multicast and what is reserved. */
const IPV4_SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Of IPv6 only this is public unicast. IPv4 in another spelling (::ffff:…, 64:ff9b::…) lies outside and is refused as a whole. */
const IPV6_PUBLIC = ['2000::/3'];
/** What of it is not: IETF protocols with Teredo, documentation, and 6to4, which embeds any IPv4 address. */
const IPV6_SPECIAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = '', ...rest] = network.split('/');
    const version = isIP(address);
    const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
    if (version === 0 || !isPrefix || rest.length > 0)
      throw new TypeError(`${network} is no network such as 10.0.0.0/8`);
    list.addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
};

const SPECIAL_4 = listOf(IPV4_SPECIAL);
const PUBLIC_6 = listOf(IPV6_PUBLIC);
const SPECIAL_6 = listOf(IPV6_SPECIAL);

/** Which addresses may be dialled: public ones, and those of the networks that the operator names. */
export class PublicNetwork {
  private readonly also: BlockList;

  /** Networks in CIDR notation. Throws a TypeError for one that is none. */
  constructor(also: readonly string[] = []) {
    this.also = listOf(also);
  }

  /** False also for what is no IP address. */
  has(address: string): boolean {
    switch (isIP(address)) {
      case 4:
        return !SPECIAL_4.check(address, 'ipv4') || this.also.check(address, 'ipv4');
      case 6:
        return this.isPublic6(address) || this.also.check(address, 'ipv6');
      default:
        return false;
    }
  }

  private isPublic6(address: string): boolean {
    return PUBLIC_6.check(address, 'ipv6') && !SPECIAL_6.check(address, 'ipv6');
  }
}
