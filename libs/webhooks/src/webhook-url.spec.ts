import { shownUrl, webhookUrlFault } from './webhook-url';

describe('the URL of a webhook', () => {
  it.each([
    { url: 'https://hooks.example.com/a?b=c', fault: null },
    { url: 'http://hooks.example.com/a', fault: 'must begin with https://' },
    { url: 'ftp://hooks.example.com/a', fault: 'must begin with https://' },
    { url: '/a', fault: 'must be an absolute https:// URL' },
    { url: `https://hooks.example.com/${'a'.repeat(2_000)}`, fault: 'must be an absolute https:// URL' },
    {
      url: 'https://user:password@hooks.example.com/',
      fault: 'must have no user and password: put a token in its query if the receiver needs one beside the signature',
    },
    { url: 'https://hooks.example.com/#a', fault: 'must have no fragment' },
    { url: 'https://hooks.example.com/?token=***', fault: 'must be whole: *** stands for what is not shown' },
  ])('$url: $fault', ({ url, fault }) => {
    expect(webhookUrlFault(url, { allowHttp: false })).toEqual(fault);
  });

  it('may be http where the operator allows it', () => {
    expect(webhookUrlFault('http://127.0.0.1:8080/a', { allowHttp: true })).toBeNull();
  });

  it.each([
    ['https://hooks.example.com/dialtone', 'https://hooks.example.com/dialtone'],
    [
      'https://hooks.example.com:8443/v1/events?token=abc&team=x',
      'https://hooks.example.com:8443/v1/events?token=***&team=***',
    ],
    ['https://hooks.example.com/?c2VjcmV0LXRva2Vu', 'https://hooks.example.com/?***'],
    ['https://hooks.example.com/services/T0123456789ABCDEFG/x', 'https://hooks.example.com/services/***/x'],
    ['https://hooks.example.com/0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10', 'https://hooks.example.com/***'],
  ])('%s is shown as %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });
});
