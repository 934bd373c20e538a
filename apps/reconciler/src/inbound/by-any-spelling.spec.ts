import type { ReconcileRequest } from '@dialtone/engine';
import { NUMBER_SPELLINGS } from '@dialtone/testing';
import { byAnySpelling } from './by-any-spelling';

const CONNECTION = '0190b0f0-0000-7000-8000-000000000001';

const triggeredBy = async (key: string | null): Promise<readonly ReconcileRequest[]> => {
  const triggered: ReconcileRequest[] = [];
  const trigger = (request: ReconcileRequest): Promise<boolean> => {
    triggered.push(request);
    return Promise.resolve(true);
  };
  await byAnySpelling({ trigger }, '91').trigger({ connectionId: CONNECTION, key });
  return triggered;
};

describe('byAnySpelling', () => {
  it.each(NUMBER_SPELLINGS)('makes $key due for a request with "$spelling": $reason', async ({ spelling, key }) => {
    expect(await triggeredBy(spelling)).toEqual([{ connectionId: CONNECTION, key: key ?? spelling }]);
  });

  it('leaves a request for a whole connection as it is', async () => {
    expect(await triggeredBy(null)).toEqual([{ connectionId: CONNECTION, key: null }]);
  });
});
