import { StrictValidationPipe } from './validation.pipe';

describe('validation of inputs', () => {
  it('leaves alone what was not sent: a call leads over its request and socket back to itself', async () => {
    const call: Record<string, unknown> = { prototype: 'a reserved name' };
    call['request'] = call;
    await expect(new StrictValidationPipe().transform(call, { type: 'custom' })).resolves.toBe(call);
  });

  it.each(['01', '1e0', '0x1', ' 1', '1'])(
    'hands %j on as it was sent, whatever the handler takes it as',
    async (sent) => {
      const metadata = { type: 'param', metatype: Number, data: 'bot_id' } as const;
      await expect(new StrictValidationPipe().transform(sent, metadata)).resolves.toBe(sent);
    },
  );
});
