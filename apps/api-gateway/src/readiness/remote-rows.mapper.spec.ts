import { aBot } from '@dialtone/testing';
import { toBot } from './remote-rows.mapper';

describe('the name of a bot', () => {
  it.each([
    { listed: 'Desk\u202egpj.exe', shown: 'Deskgpj.exe' },
    { listed: '\u2067Desk\u2069\u200f', shown: 'Desk' },
    { listed: 'बिक्री क्\u200dष', shown: 'बिक्री क्\u200dष' },
    { listed: null, shown: null },
  ])('is shown as $shown, without marks that turn its direction', ({ listed, shown }) => {
    const bot = aBot({ name: listed });
    expect(toBot(bot).name).toBe(shown);
    expect(toBot(bot).raw['bot_name']).toBe(listed);
  });
});
