import {
  parseAgentId,
  parseBindingId,
  parseConnectionId,
  parseDriftId,
  parsePartnerId,
  parsePhoneNumberId,
} from './ids';

describe.each([parseAgentId, parseBindingId, parseConnectionId, parseDriftId, parsePartnerId, parsePhoneNumberId])(
  '%p',
  (parse) => {
    const id = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

    it('mints one spelling of a UUID, so that ids compare as text', () => {
      expect(parse(id)).toBe(id);
      expect(parse(id.toUpperCase())).toBe(id);
    });

    it.each(['', 'me', `${id} `, `{${id}}`, id.replaceAll('-', ''), `${id}\n`])('refuses %j', (raw) => {
      expect(parse(raw)).toBeNull();
    });
  },
);
