import { parse } from 'yaml';
import { durationMs } from '../core/duration';
import type { GroupLabel, IncidentFilter } from '../core/incident';
import type { Rhythm } from '../core/plan-group';
import type { QuietHours } from '../core/quiet-hours';
import { type Channel, FileFields, type QuietHoursFields, type ReceiverFields } from './receiver-fields';
import { SettingsError } from './settings-error';
import { validate } from './validate';

/** Where messages go, and how. All times in ms. */
export interface Receiver {
  readonly name: string;
  readonly channel: Channel;
  readonly url: string;
  /** `whsec_…`; null: not signed. */
  readonly secret: string | null;
  readonly filter: IncidentFilter;
  readonly groupBy: readonly GroupLabel[];
  readonly rhythm: Rhythm;
  /** How long a drift lasts before it counts. */
  readonly forMs: number;
  readonly sendsResolved: boolean;
  readonly timeoutMs: number;
  readonly giveUpAfterMs: number;
  /** Numbers that a message names; the others are counted. */
  readonly maxShown: number;
}

export interface ReceiversFile {
  readonly receivers: readonly Receiver[];
  /** Base of the links to pages of issues, without a slash at its end; null: no links. */
  readonly docsUrl: string | null;
  /** Names of connections by their ids. */
  readonly connectionNames: Readonly<Record<string, string>>;
}

/** The field was validated. */
const ms = (text: string): number => durationMs(text) ?? 0;
const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

const quietHoursOf = ({ time_zone: timeZone, windows }: QuietHoursFields): QuietHours => ({
  timeZone,
  windows: windows.map(({ days, from, to }) => ({ days, from: minutes(from), to: minutes(to) })),
});

const receiverOf = (fields: ReceiverFields): Receiver => ({
  name: fields.name,
  channel: fields.type,
  url: fields.url,
  secret: fields.secret ?? null,
  filter: {
    kinds: fields.kinds,
    partners: fields.partners,
    connections: fields.connections,
    issues: fields.issues,
    callStatuses: fields.call_statuses,
  },
  groupBy: fields.group_by,
  rhythm: {
    groupWaitMs: ms(fields.group_wait),
    groupIntervalMs: ms(fields.group_interval),
    repeatIntervalMs: ms(fields.repeat_interval),
    quietHours: fields.quiet_hours === undefined ? null : quietHoursOf(fields.quiet_hours),
  },
  forMs: ms(fields.for),
  sendsResolved: fields.send_resolved,
  timeoutMs: ms(fields.timeout),
  giveUpAfterMs: ms(fields.give_up_after),
  maxShown: fields.max_shown,
});

const namesIn = (names: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).map(([id, name]) => [id.toLowerCase(), String(name)]));

/**
 * Reads the file of receivers: YAML, of which JSON is a part.
 *
 * @throws SettingsError with a sentence for each field that is wrong
 */
export const parseReceivers = (text: string): ReceiversFile => {
  let plain: unknown;
  try {
    plain = parse(text);
  } catch (error) {
    throw new SettingsError([`The receivers are not YAML: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain))
    throw new SettingsError(['The receivers must be an object with the field receivers.']);
  const read = validate(FileFields, plain);
  if (!read.ok) throw new SettingsError(read.problems);
  const { docs_url: docsUrl, connection_names: names, receivers } = read.value;
  return {
    receivers: receivers.map(receiverOf),
    docsUrl: docsUrl === undefined ? null : new URL(docsUrl).href.replace(/\/+$/, ''),
    connectionNames: namesIn(names),
  };
};
