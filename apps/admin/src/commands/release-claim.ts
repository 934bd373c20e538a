import { canonicalKey, phoneNumberOf } from '@dialtone/domain';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

/** Ends what keeps others from taking a number's inbound calls. Tells an operator, and no partner, who had them. */
export const releaseClaim = (config: AdminConfig, number: string): Promise<void> => {
  const key = canonicalKey(number, config.voicelinkCountryCode);
  if (key === null) {
    throw new CommandError(`"${number}" is not a phone number; write it with + and its country code.`);
  }
  return withStores(config, async ({ inventory }) => {
    const released = await inventory.release(key);
    if (released === null) throw new CommandError(`No connection takes inbound calls of ${phoneNumberOf(key)}.`);
    const { id, partnerId, connectionId } = released;
    print({
      phone_number: phoneNumberOf(key),
      phone_number_id: id,
      partner_id: partnerId,
      connection_id: connectionId,
      released: true,
    });
  });
};
