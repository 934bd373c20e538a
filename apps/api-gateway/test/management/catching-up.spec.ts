import { KEY } from '../observations';
import { BOT_BODY, done, HANDLERS, MAP_BODY, refused, unknown, usePassedOn } from './passed-on';
import { WRITES } from './requests';

describe('what VoiceLink answers', () => {
  const { gateway, post, calls, observeNumber } = usePassedOn();

  describe('catching up', () => {
    it.each([
      ['dids/map', MAP_BODY],
      ['call-routing', { did_id: 812, ...HANDLERS }],
      ['call-routing/120', HANDLERS],
    ])('%s makes the declared number due', async (path, body) => {
      await observeNumber(true);
      const { connectionId } = gateway.tenant;
      for (const outcome of [done, unknown()]) {
        gateway.world.made.length = 0;
        gateway.world.voicelink.answer = () => outcome;
        await post(path, body);
        expect(gateway.world.made).toEqual([{ connectionId, key: KEY }]);
      }
    });

    it.each([
      ['an undeclared number', 'dids/map', MAP_BODY, [KEY, null]],
      ['bots, on which many numbers may depend', 'bots', BOT_BODY, [null]],
    ])('%s is found by a sweep', async (_, path, body, keys) => {
      await observeNumber(false);
      const { connectionId } = gateway.tenant;
      await post(path, body);
      expect(gateway.world.made).toEqual(keys.map((key) => ({ connectionId, key })));
    });

    it('a number that was never observed is found by a sweep', async () => {
      await post('dids/map', MAP_BODY);
      expect(gateway.world.made).toEqual([{ connectionId: gateway.tenant.connectionId, key: null }]);
    });

    it.each([
      ['what was refused', 'bots', BOT_BODY, refused({ class: 'rejected' })],
      ['clients, on which no number depends', 'clients', WRITES[0]?.required ?? {}, done],
    ])('nothing is made due by %s', async (_, path, body, outcome) => {
      gateway.world.voicelink.answer = () => outcome;
      await post(path, body);
      expect([calls(), gateway.world.made]).toEqual([1, []]);
    });

    it('is not worth an error', async () => {
      jest.spyOn(gateway.world.workTrigger, 'trigger').mockRejectedValue(new Error('away'));
      const answer = await post('bots', BOT_BODY);
      jest.restoreAllMocks();
      expect(answer.status).toBe(201);
      expect(gateway.log.some((line) => line.includes('a sweep makes up for it'))).toBe(true);
    });
  });
});
