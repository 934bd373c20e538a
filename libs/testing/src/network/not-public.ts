/** One kind of address that must not be dialled. */
export interface NotPublic {
  readonly kind: string;
  /** As the resolver gives them. */
  readonly addresses: readonly string[];
  /** Hosts of URLs that mean such an address in another spelling. */
  readonly spellings?: readonly string[];
}

/** Of IANA's special-purpose registries, and how attackers write them. */
export const NOT_PUBLIC: readonly NotPublic[] = [
  {
    kind: 'loopback',
    addresses: ['127.0.0.1', '127.255.255.254', '::1'],
    spellings: ['localhost', '127.1', '127.0.1', '127.0.0.1.', '[0:0:0:0:0:0:0:1]'],
  },
  { kind: 'loopback in decimal', addresses: [], spellings: ['2130706433', '127.0.1', '127.65530'] },
  { kind: 'loopback in octal', addresses: [], spellings: ['0177.0.0.1', '017700000001', '0177.1'] },
  { kind: 'loopback in hex', addresses: [], spellings: ['0x7f000001', '0x7f.0x0.0x0.0x1', '0x7f.1'] },
  { kind: 'loopback in other characters', addresses: [], spellings: ['①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1'] },
  { kind: 'this host', addresses: ['0.0.0.0', '0.1.2.3', '::'], spellings: ['0', '0x0'] },
  { kind: 'private', addresses: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'], spellings: ['0xa000001'] },
  { kind: 'link-local', addresses: ['169.254.0.1', 'fe80::1', 'fec0::1'] },
  {
    kind: 'metadata of a cloud',
    addresses: ['169.254.169.254', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
    spellings: ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518'],
  },
  { kind: 'carrier-grade NAT', addresses: ['100.64.0.1', '100.127.255.255'] },
  { kind: 'multicast', addresses: ['224.0.0.1', '239.255.255.255', 'ff02::1'] },
  { kind: 'broadcast and reserved', addresses: ['255.255.255.255', '240.0.0.1'], spellings: ['0xffffffff'] },
  { kind: 'documentation', addresses: ['192.0.2.1', '198.51.100.7', '203.0.113.7', '2001:db8::1', '3fff::1'] },
  { kind: 'benchmarks', addresses: ['198.18.0.1', '198.19.255.255'] },
  {
    kind: 'IPv4 mapped to IPv6',
    addresses: ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '::127.0.0.1'],
    spellings: ['[0:0:0:0:0:ffff:127.0.0.1]'],
  },
  { kind: 'NAT64', addresses: ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::1'] },
  { kind: '6to4 and Teredo', addresses: ['2002:7f00:1::', '2002:a9fe:a9fe::1', '192.88.99.1', '2001::1'] },
  { kind: 'unique local', addresses: ['fc00::1', 'fd12:3456:789a::1'] },
];

/** The address as the host of a URL. */
export const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);
