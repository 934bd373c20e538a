import { useGateway } from '../../apps/api-gateway/test/gateway';
import { leaveAnswersUnchecked } from '../../apps/api-gateway/test/undocumented';
import { CallbackFuzz } from './callback-fuzz';

// eslint-disable-next-line no-restricted-syntax -- how `npm run fuzz:callbacks` hands its arguments on
const { CALLBACK_FUZZ_REQUESTS: asked = '2000', CALLBACK_FUZZ_SEED: seed = '20261130' } = process.env;
const START_MS = 60_000;
/** Far more than one takes, for machines that do other things too. */
const MS_PER_REQUEST = 20;

describe(`${asked} random callbacks (repeat with npm run fuzz:callbacks -- ${asked} ${seed})`, () => {
  const gateway = useGateway();

  it(
    'are refused with 4xx, whatever they hold, and change no call',
    async () => {
      leaveAnswersUnchecked();
      const { counts, findings } = await new CallbackFuzz(gateway).run(Number(asked), Number(seed));
      process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}\n`);
      expect(findings).toEqual([]);
      // They come as far as they can: to the look-up, to the end of what a body may have, and to the signature.
      for (const status of [403, 404, 413]) expect([...counts.keys()]).toContain(status);
    },
    START_MS + Number(asked) * MS_PER_REQUEST,
  );
});
