import {
  readActive,
  readClientId,
  readCountry,
  readDecidingMode,
  readExpiredInStatus,
  readExpiredInUserStatus,
  readExpiredMark,
  readId,
  readMode,
  readText,
  UNREADABLE,
  type Meaning,
} from './meanings';

const NOTHING = [undefined, null, '', '  '];
/** What no field of VoiceLink's can mean. */
const NONSENSE = [
  { a: 1 },
  [1],
  Number.NaN,
  Infinity,
  Symbol('x'),
  'constructor',
  '__proto__',
  '½',
  '\u{1F4A9}',
  -1,
  1.5,
];

interface Row {
  readonly name: string;
  readonly meaning: Meaning<unknown>;
  readonly values: readonly (readonly [value: unknown, meaning: unknown])[];
  readonly none?: readonly unknown[];
  readonly unreadable: readonly unknown[];
}

const TABLE: readonly Row[] = [
  {
    name: 'status of a bot or routing record',
    meaning: readActive,
    values: [
      ...[1, '1', ' 1 ', true, 'true', 'Active', 'ENABLED', 'yes'].map((value) => [value, true] as const),
      ...[0, '0', false, 'false', 'inactive', 'Disabled', 'no'].map((value) => [value, false] as const),
    ],
    unreadable: [...NONSENSE, 2, '3', 'paused', 'suspended', 'deleted', 'expired', '01', '1.0'],
  },
  {
    name: 'is_expired',
    meaning: readExpiredMark,
    values: [
      ...[1, '1', true, 'true', 'Yes', 'expired'].map((value) => [value, true] as const),
      ...[0, '0', false, 'FALSE', 'no'].map((value) => [value, false] as const),
    ],
    unreadable: [...NONSENSE, 2, 'active', 'soon', '2027-01-31'],
  },
  {
    name: 'status and labels of a DID',
    meaning: readExpiredInStatus,
    values: [
      ['Expired', true],
      ['expired ', true],
      ...['active', 'Assigned', 'available', 'inactive', 1, 0, '1', true].map((value) => [value, false] as const),
    ],
    unreadable: [...NONSENSE, 2, 3, 'Lapsed', 'suspended', 'Expired on 31 Jan'],
  },
  {
    name: 'user_status',
    meaning: readExpiredInUserStatus,
    values: [
      ...[3, '3', 'Expired'].map((value) => [value, true] as const),
      ...[1, 2, 4, '2', 'Assigned'].map((value) => [value, false] as const),
    ],
    unreadable: [...NONSENSE, 0, 5, '33', 'lapsed'],
  },
  {
    name: 'id',
    meaning: readId,
    values: [
      [702, 702],
      ['702', 702],
      [' 702 ', 702],
      ['0702', 702],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ],
    none: [0, '0', '00'],
    unreadable: [...NONSENSE, 2 ** 53, '9007199254740993', 'CL-702', '702.0', '7e2', '0x2be', '७०२', true, false, []],
  },
  {
    name: 'client',
    meaning: readClientId,
    values: [
      [702, 702],
      [{ id: '702' }, 702],
      [{ client_id: 702, name: 'Nila' }, 702],
    ],
    none: [0, [], {}],
    unreadable: [{ id: 'x' }, { id: null, name: 'Nila' }, { name: 'Nila' }, 'Nila Traders', 2 ** 60, [702], false],
  },
  {
    name: 'country_code',
    meaning: readCountry,
    values: [
      [91, '91'],
      ['+65', '65'],
      ['0091', '0091'],
      [' in ', '91'],
    ],
    none: [0, '+', '00'],
    unreadable: [{}, [91], true, 'US', 'India', '½'],
  },
  {
    name: 'inbound mode',
    meaning: readMode,
    values: [
      [0, 0],
      ['2', 2],
      [7, 7],
    ],
    unreadable: [...NONSENSE, 'mobile', true, '2 (SIP)'],
  },
  {
    name: 'outbound mode',
    meaning: readDecidingMode,
    values: [
      [0, 0],
      ['3', 3],
      [4, 4],
    ],
    unreadable: [...NONSENSE, 5, '7', 'websocket', true, 2 ** 53],
  },
  {
    name: 'text',
    meaning: readText,
    values: [
      [' prod-main ', ' prod-main '],
      [58, '58'],
    ],
    unreadable: [{}, [], true, false, Number.NaN],
  },
];

describe('what a value means', () => {
  it.each(TABLE)('$name: its values', ({ meaning, values }) => {
    expect(values.map(([value]) => meaning(value))).toEqual(values.map(([, meant]) => meant));
  });

  it.each(TABLE)('$name: none', ({ meaning, none = [] }) => {
    expect([...NOTHING, ...none].map((value) => meaning(value) ?? 'none')).toEqual(
      [...NOTHING, ...none].map(() => 'none'),
    );
  });

  it.each(TABLE)('$name: unreadable, which is not none', ({ meaning, unreadable }) => {
    expect(unreadable.filter((value) => meaning(value) !== UNREADABLE)).toEqual([]);
  });
});
