import { plivoSignature, twilioSignature, vobizSignature } from './signatures';

/** Made by the official libraries, or by the published formula: carriers reference, sections 3 to 5. */
describe('a signature is the one that the carrier makes', () => {
  it('Twilio', () => {
    const form = {
      CallSid: 'CA00000000000000000000000000000001',
      CallStatus: 'completed',
      From: '+14155550100',
      To: '+14155550123',
      CallDuration: '12',
    };
    const url = 'https://api.example.com/hooks/twilio/status?c=42';
    expect(twilioSignature('0123456789abcdef0123456789abcdef', url, form)).toBe('Uk+5jZEfuAZNfmBpoVAUz9S/xs4=');
  });

  const url = 'https://api.example.com/hooks/plivo/hangup';
  const form = { CallUUID: 'u-1', CallStatus: 'completed', From: '918011223344', To: '919876543210' };
  it.each([
    ['POST', url, 'GakCCjl3/H9uSOzlJVaAbCax7Lj9sl0lJQu/b/NbifY='],
    ['POST', `${url}?call=abc&b=1`, 'gCQQqDI1bLhccwAtRux4i6vFPcJwOxcgxpmSpMl8TpA='],
    ['GET', `${url}?call=abc&b=1`, 'OfonWvL4TjvYHyngr8J/xgJ8rla+DgN3m97wWufV+cw='],
  ])('Plivo, %s %s', (method, at, wanted) => {
    expect(plivoSignature('plivo-token-0123456789', '12345678901234567890', { method, url: at, form })).toBe(wanted);
  });

  it('Vobiz', () => {
    expect(vobizSignature('vobiz-token', '12345678901234567890', url)).toBe(
      'joPxM3I5FucNZdbdSbyf7r1X1FP6Z1SMp6qVlJfa5s0=',
    );
  });
});
