import { canonicalKey } from '@dialtone/domain';
import type { WorkTrigger } from '@dialtone/engine';

/** The trigger for requests whose key is a number in any spelling; one that is no phone number names nothing. */
export const byAnySpelling = (trigger: WorkTrigger, countryCode: string): WorkTrigger => ({
  trigger: ({ connectionId, key }) =>
    trigger.trigger({ connectionId, key: key === null ? null : (canonicalKey(key, countryCode) ?? key) }),
});
