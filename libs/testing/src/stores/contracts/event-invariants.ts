import { EVENT_SCHEMAS, type NewEvent } from '@dialtone/contracts';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

const validators = new Map<string, ValidateFunction>();

const validatorOf = (type: NewEvent['type']): ValidateFunction => {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  const made = ajv.compile(EVENT_SCHEMAS[type]);
  validators.set(type, made);
  return made;
};

/** What is wrong with one event by its published schema; empty when nothing is. */
const faultsOf = (event: NewEvent): readonly string[] => {
  const validate = validatorOf(event.type);
  const described = Object.keys(EVENT_SCHEMAS[event.type].properties ?? {});
  // As a consumer of Kafka receives it.
  const data = JSON.parse(JSON.stringify(event.data)) as Record<string, unknown>;
  validate(data);
  const broken = (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  const undescribed = Object.keys(data).filter((name) => !described.includes(name));
  return [...broken, ...undescribed.map((name) => `${name} is not described`)].map(
    (fault) => `${event.type}: ${fault}`,
  );
};

/** Invariants of every log: data as published, and increasing numbers for each DID. */
export const expectSoundEvents = (events: readonly NewEvent[]): void => {
  expect(events.flatMap(faultsOf)).toEqual([]);
  const last = new Map<string, number>();
  for (const { connection_id, key, seq, data } of events) {
    const about = 'connection_id' in data ? data.connection_id : null;
    expect([about, 'key' in data ? data.key : null]).toEqual([connection_id, key]);
    if (connection_id === null || key === null || seq === null) continue;
    const did = `${connection_id}/${key}`;
    expect(seq).toBeGreaterThan(last.get(did) ?? 0);
    last.set(did, seq);
  }
};
