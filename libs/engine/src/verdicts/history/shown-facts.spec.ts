import { shownBody, shownUrl } from './shown-facts';

describe('an endpoint in the history', () => {
  it.each([
    ['wss://bots.example/ws', 'wss://bots.example/ws'],
    ['wss://bots.example:8443', 'wss://bots.example:8443'],
    ['wss://user:secret@bots.example/ws', 'wss://bots.example/ws'],
    ['wss://us@er:secret@bots.example/ws', 'wss://bots.example/ws'],
    ['wss://bots.example/ws?token=secret', 'wss://bots.example/ws?[redacted]'],
    ['wss://bots.example?token=secret', 'wss://bots.example?[redacted]'],
    ['wss://bots.example/ws#secret', 'wss://bots.example/ws?[redacted]'],
    ['WSS://secret@bots.example/\nsecret?secret', 'WSS://bots.example/\nsecret?[redacted]'],
    ['secret', '[redacted]'],
  ])('of %j is %j', (url, want) => {
    expect(shownUrl(url)).toBe(want);
  });

  it('is shown so in a body, whose secrets are gone', () => {
    const body = { bot_name: 'B', websocket_url: 'wss://a:b@c/?d', webhook_url: null, password: 'x', status: 1 };
    expect(shownBody(body)).toEqual({ ...body, websocket_url: 'wss://c/?[redacted]', password: '[redacted]' });
  });
});
