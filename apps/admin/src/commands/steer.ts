import { BINDING_MODES, LONGEST_PAUSE_MS, type BindingMode } from '@dialtone/domain';
import type { PauseInput, Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export interface SteerOptions {
  readonly mode?: string;
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

/** Changes what is given, and prints mode, windows and pauses of a partner. */
export const steerPartner = (config: AdminConfig, name: string, options: SteerOptions): Promise<void> =>
  withStores(config, async (stores) => {
    const partnerId = await partnerNamed(stores, name);
    const place = { partnerId, connectionId: null };
    if (options.mode !== undefined) await stores.steering.steer(place, { mode: modeOf(options.mode) }, AUTHOR);
    if (options.pauseUntil !== undefined) await pause(stores, partnerId, options.pauseUntil, options.reason);
    if (options.resume !== undefined && (await stores.steering.resume(partnerId, options.resume, AUTHOR)) === null)
      throw new CommandError(`Partner "${name}" has no pause ${options.resume} that stands.`);
    const steering = await stores.steering.place(place);
    const pauses = (await stores.steering.pauses(partnerId)).map(
      ({ id, reason, actor, until, connectionId, key, labels }) => ({
        ...{ pause_id: id, reason, actor, until: new Date(until).toISOString() },
        ...{ connection_id: connectionId, key, labels },
      }),
    );
    print({ mode: steering?.mode, windows: steering?.windows, pauses });
  });

const pause = async (
  { steering }: Stores,
  partnerId: PauseInput['partnerId'],
  until: string,
  reason = '',
): Promise<void> => {
  if (reason.trim() === '') throw new CommandError('A pause needs a reason: add --reason.');
  const scope = { connectionId: null, key: null, labels: null };
  await steering.pause({ partnerId, ...scope, reason, until: endOf(until), author: AUTHOR });
};
