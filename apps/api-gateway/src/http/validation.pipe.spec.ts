import { StrictValidationPipe } from './validation.pipe';

describe('validation of inputs', () => {
  it('leaves alone what was not sent: a call leads over its request and socket back to itself', async () => {
    const call: Record<string, unknown> = { prototype: 'a name that nobody may send' };
    call['request'] = call;
    await expect(new StrictValidationPipe().transform(call, { type: 'custom' })).resolves.toBe(call);
  });
});
