import { BINDING_MODES, LONGEST_PAUSE_MS, type BindingMode, type PartnerId, type Pause } from '@dialtone/domain';
import type { PauseInput, PlaceSteering, Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { readWindows, windowJson } from './window-words';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export interface SteerOptions {
  readonly mode?: string;
  /** In words; these replace all. False: all end. */
  readonly window?: readonly string[] | false;
  readonly pauseUntil?: string;
  readonly reason?: string;
  readonly resume?: string;
}

const AUTHOR = { actor: 'admin', manager: null, requestId: null } as const;

const isMode = (mode: string): mode is BindingMode => BINDING_MODES.some((known) => known === mode);

const modeOf = (mode: string): BindingMode => {
  if (!isMode(mode)) throw new CommandError(`"${mode}" is no mode: write one of ${BINDING_MODES.join(', ')}.`);
  return mode;
};

const endOf = (text: string): number => {
  const until = Date.parse(text);
  if (!(until > Date.now() && until < Date.now() + LONGEST_PAUSE_MS))
    throw new CommandError(
      `"${text}" is no end of a pause: write a time within 90 days, for example 2026-06-09T18:00:00Z.`,
    );
  return until;
};

const changeOf = ({ mode, window }: SteerOptions): Partial<PlaceSteering> => ({
  ...(mode !== undefined && { mode: modeOf(mode) }),
  ...(window !== undefined && { windows: readWindows(window === false ? [] : window) }),
});

/** Null: none is asked for. */
const pauseOf = ({ pauseUntil, reason = '' }: SteerOptions): Pick<PauseInput, 'reason' | 'until'> | null => {
  if (pauseUntil === undefined) return null;
  if (reason.trim() === '') throw new CommandError('A pause needs a reason: add --reason.');
  return { reason, until: endOf(pauseUntil) };
};

/** Changes what is given, and prints mode, windows and pauses of a partner. What is wrong is said before anything changes. */
export const steerPartner = async (config: AdminConfig, name: string, options: SteerOptions): Promise<void> => {
  const change = changeOf(options);
  const pause = pauseOf(options);
  await withStores(config, async (stores) => {
    const partnerId = await partnerNamed(stores, name);
    const ending = options.resume === undefined ? null : await standingPause(stores, partnerId, options.resume);
    const place = { partnerId, connectionId: null };
    if (Object.keys(change).length > 0) await stores.steering.steer(place, change, AUTHOR);
    if (pause !== null) await stores.steering.pause({ partnerId, ...EVERYTHING, ...pause, author: AUTHOR });
    if (ending !== null) await stores.steering.resume(partnerId, ending, AUTHOR);
    const steering = await stores.steering.place(place);
    const pauses = await stores.steering.pauses(partnerId);
    print({ mode: steering?.mode, windows: steering?.windows.map(windowJson), pauses: pauses.map(pauseJson) });
  });
};

const EVERYTHING = { connectionId: null, key: null, labels: null } as const;

const standingPause = async (stores: Stores, partnerId: PartnerId, id: string): Promise<string> => {
  const pauses = await stores.steering.pauses(partnerId);
  if (pauses.some((pause) => pause.id === id)) return id;
  throw new CommandError(`The partner has no pause ${id} that stands; without --resume the command lists them.`);
};

const pauseJson = ({ id, reason, actor, until, connectionId, key, labels }: Pause): object => ({
  pause_id: id,
  reason,
  actor,
  until: new Date(until).toISOString(),
  connection_id: connectionId,
  key,
  labels,
});
