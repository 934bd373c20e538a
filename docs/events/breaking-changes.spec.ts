import { join } from 'node:path';
import { breakingChanges } from './breaking-changes';
import { type ContractsSnapshot, contractsSnapshot } from './contracts-snapshot';
import { compareVersions, readReleases } from './releases';

const { version, changelog, last } = readReleases(join(__dirname, '../../libs/contracts'));
const present = contractsSnapshot(version);

/** Open, so that a test can do to it what no type allows. */
interface Open {
  [name: string]: Open | Open[] | string[] | string | number | undefined;
}
/** The present contracts after a change, as data of their own. */
const changed = (change: (snapshot: Open) => void): ContractsSnapshot => {
  const copy = JSON.parse(JSON.stringify(present)) as Open;
  change(copy);
  return copy as unknown as ContractsSnapshot;
};
/** Something of a snapshot, by its place. */
const at = (snapshot: Open, ...path: readonly string[]): Open =>
  path.reduce<Open>((part, name) => {
    const inner = part[name];
    if (typeof inner !== 'object') throw new Error(`there is no ${path.join(' ')}`);
    return inner as Open;
  }, snapshot);
const drop = (from: Open, name: string): void => {
  Reflect.deleteProperty(from, name);
};
const push = (to: Open, list: string, ...values: string[]): void => {
  to[list] = [...((to[list] ?? []) as string[]), ...values];
};
const pull = (from: Open, list: string, value: string): void => {
  from[list] = (from[list] as string[]).filter((one) => one !== value);
};

const DETECTED = 'dialtone.drift.detected.v1';
const REQUESTED = 'dialtone.reconcile.requested.v1';
const detected = (snapshot: Open): Open => at(snapshot, 'definitions', 'DriftDetected');
const property = (snapshot: Open, name: string, of = 'DriftDetected'): Open =>
  at(snapshot, 'definitions', of, 'properties', name);
const asked = (snapshot: Open): Open => at(snapshot, 'definitions', 'ReconcileRequested');
const headers = (snapshot: Open): Open => at(snapshot, 'types', DETECTED, 'headers');
const topic = (snapshot: Open, name: string): Open => at(snapshot, 'topics', name);

type Case = readonly [name: string, change: (snapshot: Open) => void, told: string];
const moved = (snapshot: Open, name: string, to: string): void => {
  const topics = at(snapshot, 'topics');
  topics[to] = topics[name];
  drop(topics, name);
};

const OF_DATA: readonly Case[] = [
  [
    'a property is removed',
    (s) => {
      drop(at(detected(s), 'properties'), 'bot_id');
    },
    `${DETECTED}: data: bot_id was removed`,
  ],
  [
    'a property of a shared shape is removed',
    (s) => {
      drop(at(s, 'definitions', 'ActionItem', 'properties'), 'label');
    },
    `${DETECTED}: data.action_items[]: label was removed`,
  ],
  [
    'a property is renamed',
    (s) => {
      const all = at(detected(s), 'properties');
      all['robot_id'] = all['bot_id'];
      drop(all, 'bot_id');
    },
    `${DETECTED}: data: bot_id was removed`,
  ],
  [
    'a type is changed',
    (s) => {
      property(s, 'seq')['type'] = 'string';
    },
    `${DETECTED}: data.seq: type was "integer" and is "string"`,
  ],
  [
    'a type is narrowed',
    (s) => {
      property(s, 'message', 'BindingStatus')['type'] = 'string';
    },
    'dialtone.binding.status.v1: data.message: type was ["string","null"] and is "string"',
  ],
  [
    'null is allowed',
    (s) => {
      property(s, 'bot_id')['type'] = ['integer', 'null'];
    },
    `${DETECTED}: data.bot_id: type was "integer" and is ["integer","null"]`,
  ],
  [
    'a list becomes one value',
    (s) => {
      at(detected(s), 'properties')['issues'] = { $ref: '#/$defs/Issue' };
    },
    `${DETECTED}: data.issues: the definition was none and is "#/$defs/Issue"`,
  ],
  [
    'the items of a list are of no shape any more',
    (s) => {
      drop(property(s, 'issues'), 'items');
    },
    `${DETECTED}: data.issues[]: the schema of the items was removed`,
  ],
  [
    'the items of a list are of another shape',
    (s) => {
      property(s, 'issues')['items'] = { $ref: '#/$defs/Step' };
    },
    `${DETECTED}: data.issues[]: the definition was "#/$defs/Issue" and is "#/$defs/Step"`,
  ],
  [
    'a new property is required',
    (s) => {
      at(detected(s), 'properties')['why'] = { type: 'string' };
      push(detected(s), 'required', 'why');
    },
    `${DETECTED}: data: why is required and was not`,
  ],
  [
    'an optional property is required',
    (s) => {
      push(detected(s), 'required', 'bot_id');
    },
    `${DETECTED}: data: bot_id is required and was not`,
  ],
  [
    'a required property is optional',
    (s) => {
      pull(detected(s), 'required', 'drift_id');
    },
    `${DETECTED}: data: drift_id was required and is not`,
  ],
  [
    'a closed list gets a value',
    (s) => {
      push(at(s, 'definitions', 'ReadinessState'), 'enum', 'TIRED');
    },
    `${DETECTED}: data.state: the value TIRED was added to a closed list`,
  ],
  [
    'a closed list loses a value',
    (s) => {
      pull(at(s, 'definitions', 'Issue'), 'enum', 'NO_BOT');
    },
    `${DETECTED}: data.issues[]: the value NO_BOT was removed`,
  ],
  [
    'an open list loses a value',
    (s) => {
      pull(property(s, 'code', 'AdvisoryRaised'), 'examples', 'FLAPPING');
    },
    'dialtone.advisory.raised.v1: data.code: the value FLAPPING was removed',
  ],
  [
    'an open list is closed',
    (s) => {
      const code = property(s, 'code', 'AdvisoryRaised');
      code['enum'] = code['examples'];
      drop(code, 'examples');
    },
    'dialtone.advisory.raised.v1: data.code: the list was open and is closed',
  ],
  [
    'a closed list is opened',
    (s) => {
      const state = at(s, 'definitions', 'ReadinessState');
      state['examples'] = state['enum'];
      drop(state, 'enum');
    },
    `${DETECTED}: data.state: the list was closed and is open`,
  ],
  [
    'a format is changed',
    (s) => {
      drop(property(s, 'drift_id'), 'format');
    },
    `${DETECTED}: data.drift_id: format was "uuid" and is none`,
  ],
  [
    'a pattern is changed',
    (s) => {
      property(s, 'key')['pattern'] = '^[0-9]{10}$';
    },
    `${DETECTED}: data.key: pattern was "^[0-9]+$" and is "^[0-9]{10}$"`,
  ],
  [
    'a limit is tightened',
    (s) => {
      property(s, 'key')['maxLength'] = 15;
    },
    `${DETECTED}: data.key: maxLength was 32 and is 15`,
  ],
  [
    'a limit of what is told is loosened',
    (s) => {
      property(s, 'key')['maxLength'] = 64;
    },
    `${DETECTED}: data.key: maxLength was 32 and is 64`,
  ],
  [
    'a smallest number is changed',
    (s) => {
      property(s, 'seq')['minimum'] = 0;
    },
    `${DETECTED}: data.seq: minimum was 1 and is 0`,
  ],
  [
    'items may be the same',
    (s) => {
      drop(property(s, 'issues'), 'uniqueItems');
    },
    `${DETECTED}: data.issues: uniqueItems was true and is none`,
  ],
  [
    'a type has another name in generated code',
    (s) => {
      detected(s)['title'] = 'Detected';
    },
    `${DETECTED}: data: title was "DriftDetected" and is "Detected"`,
  ],
];

const OF_RECORDS: readonly Case[] = [
  [
    'an event type is removed',
    (s) => {
      drop(at(s, 'types'), DETECTED);
    },
    `${DETECTED}: was removed`,
  ],
  [
    'an event type is renamed',
    (s) => {
      const types = at(s, 'types');
      types['dialtone.drift.found.v1'] = types[DETECTED];
      drop(types, DETECTED);
    },
    `${DETECTED}: was removed`,
  ],
  [
    'an event type goes to another topic',
    (s) => {
      at(s, 'types', DETECTED)['topic'] = 'voicelink.bindings.v1';
    },
    `${DETECTED}: topic was voicelink.drift.v1 and is voicelink.bindings.v1`,
  ],
  [
    'records have another key',
    (s) => {
      at(s, 'types', DETECTED)['keyedBy'] = 'connection';
    },
    `${DETECTED}: keyedBy was did and is connection`,
  ],
  [
    'the dataschema is changed',
    (s) => {
      at(s, 'types', DETECTED)['dataschema'] = 'urn:x';
    },
    `${DETECTED}: dataschema was urn:dialtone:event:${DETECTED} and is urn:x`,
  ],
  [
    'the place of a schema is changed',
    (s) => {
      at(s, 'types', DETECTED)['schemaId'] = '/x.json';
    },
    `${DETECTED}: schemaId was /schemas/events/${DETECTED}.json and is /x.json`,
  ],
  [
    'a header is removed',
    (s) => {
      drop(at(headers(s), 'properties'), 'ce_subject');
    },
    `${DETECTED}: headers: ce_subject was removed`,
  ],
  [
    'a header is not always there any more',
    (s) => {
      pull(headers(s), 'required', 'ce_id');
    },
    `${DETECTED}: headers: ce_id was required and is not`,
  ],
  [
    'a header says something else',
    (s) => {
      at(headers(s), 'properties', 'content-type')['const'] = 'application/avro';
    },
    `${DETECTED}: headers.content-type: const was "application/json" and is "application/avro"`,
  ],
  [
    'a header of dead letters is removed',
    (s) => {
      pull(s, 'deadLetterHeaders', 'dlq_reason');
    },
    'dead letters: dlq_reason was removed',
  ],
  [
    'a topic is renamed',
    (s) => {
      moved(s, 'voicelink.drift.v1', 'voicelink.drifts.v1');
    },
    'voicelink.drift.v1: was removed',
  ],
  [
    'a topic has more partitions',
    (s) => {
      topic(s, 'voicelink.drift.v1')['partitions'] = 12;
    },
    'voicelink.drift.v1: partitions were 6 and are 12',
  ],
  [
    'a topic is kept for a shorter time',
    (s) => {
      at(topic(s, 'voicelink.drift.v1'), 'config')['retention.ms'] = '86400000';
    },
    'voicelink.drift.v1: retention.ms was "2592000000" and is "86400000"',
  ],
  [
    'a topic is kept as long as a broker likes',
    (s) => {
      drop(at(topic(s, 'voicelink.drift.v1'), 'config'), 'retention.ms');
    },
    'voicelink.drift.v1: retention.ms was "2592000000" and is none',
  ],
  [
    'the compacted topic is compacted no more',
    (s) => {
      at(topic(s, 'voicelink.readiness.v1'), 'config')['cleanup.policy'] = 'delete';
    },
    'voicelink.readiness.v1: cleanup.policy was "compact" and is "delete"',
  ],
  [
    'requests may be shorter only',
    (s) => {
      at(topic(s, 'voicelink.reconcile-requests.v1'), 'config')['max.message.bytes'] = '1024';
    },
    'voicelink.reconcile-requests.v1: max.message.bytes was "65536" and is "1024"',
  ],
  [
    'a request needs more',
    (s) => {
      push(asked(s), 'required', 'key');
    },
    `${REQUESTED}: data: key is required and was not`,
  ],
  [
    'a request may say less',
    (s) => {
      property(s, 'reason', 'ReconcileRequested')['maxLength'] = 50;
    },
    `${REQUESTED}: data.reason: maxLength was 500 and is 50`,
  ],
  [
    'what was asked is told',
    (s) => {
      at(s, 'types', REQUESTED)['direction'] = 'told';
    },
    `${REQUESTED}: direction was asked and is told`,
  ],
];

const FREE: readonly (readonly [string, (snapshot: Open) => void])[] = [
  ['nothing is changed', () => undefined],
  [
    'an optional property is added',
    (s) => {
      at(detected(s), 'properties')['why'] = { type: 'string' };
    },
  ],
  [
    'an optional property of a shared shape is added',
    (s) => {
      at(s, 'definitions', 'ActionItem', 'properties')['url'] = { type: 'string' };
    },
  ],
  [
    'an open list gets a value',
    (s) => {
      push(property(s, 'code', 'AdvisoryRaised'), 'examples', 'NEW_CODE');
    },
  ],
  [
    'an event type is added',
    (s) => {
      at(s, 'types')['dialtone.number.added.v1'] = at(s, 'types', DETECTED);
    },
  ],
  [
    'a definition is added',
    (s) => {
      at(s, 'definitions')['New'] = { title: 'New', type: 'object' };
    },
  ],
  [
    'a header is added',
    (s) => {
      at(headers(s), 'properties')['ce_new'] = { type: 'string' };
    },
  ],
  [
    'a header of dead letters is added',
    (s) => {
      push(s, 'deadLetterHeaders', 'dlq_new');
    },
  ],
  [
    'a topic is added',
    (s) => {
      at(s, 'topics')['voicelink.new.v1'] = { partitions: 1, config: {} };
    },
  ],
  [
    'a topic is kept longer',
    (s) => {
      at(topic(s, 'voicelink.drift.v1'), 'config')['retention.ms'] = '9999999999999';
    },
  ],
  [
    'a request may leave out more',
    (s) => {
      pull(asked(s), 'required', 'connection_id');
    },
  ],
  [
    'a request may say more',
    (s) => {
      property(s, 'reason', 'ReconcileRequested')['maxLength'] = 5_000;
    },
  ],
];

describe('the contracts of the sources', () => {
  it('break nothing of the last release; what must change is a new event type or topic', () => {
    expect(breakingChanges(last, present)).toEqual([]);
  });

  it('have a later version than the last release as soon as they say more (libs/contracts/package/package.json)', () => {
    const differ = JSON.stringify({ ...last, version }) !== JSON.stringify(present);
    expect([differ, compareVersions(version, last.version) > 0]).toEqual([differ, differ]);
  });

  it('are told of in the changelog of the package', () => {
    expect(changelog).toContain(`\n## ${version}\n`);
  });
});

describe('breakingChanges', () => {
  it.each([...OF_DATA, ...OF_RECORDS])('tells when %s', (_, change, told) => {
    expect(breakingChanges(present, changed(change))).toContain(told);
  });

  it.each(FREE)('takes it when %s', (_, change) => {
    expect(breakingChanges(present, changed(change))).toEqual([]);
  });
});

describe('compareVersions', () => {
  it.each([
    ['1.0.0', '1.0.0', 0],
    ['1.2.0', '1.10.0', -1],
    ['2.0.0', '1.99.99', 1],
    ['1.0.10', '1.0.9', 1],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
