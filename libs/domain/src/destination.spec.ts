import { refusedDestination } from './destination';
import type { DidKey } from './ids';

const INDIA = '918011223344' as DidKey;
const NEW_YORK = '12125550123' as DidKey;
const NONE = { countries: [], premium: false };

describe('where a call may go', () => {
  it.each<[to: string, callerId: DidKey, allowed: { countries: string[]; premium: boolean }, want: string | null]>([
    ['+919876543210', INDIA, NONE, null],
    ['+911409876543', INDIA, NONE, null],
    ['+911800123456', INDIA, NONE, null],
    ['+12125550123', INDIA, NONE, 'country'],
    ['+12125550123', NEW_YORK, NONE, null],
    ['+919876543210', NEW_YORK, NONE, null],
    // Jamaica and the Dominican Republic share the calling code of the United States.
    ['+18765551234', NEW_YORK, NONE, 'country'],
    ['+18095551234', NEW_YORK, NONE, 'country'],
    ['+18765551234', NEW_YORK, { countries: ['JM'], premium: false }, null],
    ['+19005551234', NEW_YORK, NONE, 'premium'],
    ['+447400123456', INDIA, NONE, 'country'],
    ['+447400123456', INDIA, { countries: ['GB'], premium: false }, null],
    ['+447400123456', INDIA, { countries: ['44'], premium: false }, null],
    ['+447400123456', INDIA, { countries: ['*'], premium: false }, null],
    ['+449012345678', INDIA, { countries: ['GB'], premium: false }, 'premium'],
    ['+449012345678', INDIA, { countries: ['GB'], premium: true }, null],
    ['+448431234567', INDIA, { countries: ['*'], premium: false }, 'premium'],
    ['+447012345678', INDIA, { countries: ['*'], premium: false }, 'premium'],
    ['+881612345678', INDIA, { countries: ['*'], premium: true }, 'network'],
    ['+870773123456', INDIA, NONE, 'network'],
    ['+882161234567', INDIA, NONE, 'network'],
    ['+979123456789', INDIA, { countries: ['*'], premium: true }, 'network'],
    ['+881612345678', INDIA, { countries: ['881'], premium: false }, null],
    ['+2521234567', INDIA, NONE, 'country'],
    ['+999123456789', INDIA, { countries: ['*'], premium: true }, 'unknown'],
  ])('%s from %s with %j: %s', (to, callerId, allowed, want) => {
    expect(refusedDestination(to, callerId, allowed, '91')).toBe(want);
  });
});
