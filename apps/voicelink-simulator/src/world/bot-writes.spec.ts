import { account, itFollows, without, type Case, type Write } from '../../test/account';
import { defaultBehaviour } from './behaviour';
import { createBot, updateBot } from './bot-writes';

const bot = { bot_name: 'new', websocket_url: 'wss://b.example/ws', client_id: 702, status: 1 };
const updateFirstBot: Write = (world, body, behaviour) => updateBot(world, 51, body, behaviour);

describe('the rules of writing', () => {
  itFollows([
    { name: 'a bot is created', write: createBot, body: bot, want: 'created' },
    ...['bot_name', 'websocket_url', 'client_id'].map((field): Case => ({
      name: `a bot needs ${field}`,
      write: createBot,
      body: without(bot, field),
      want: [field],
    })),
    {
      name: 'a bot speaks over wss only',
      write: createBot,
      body: { ...bot, websocket_url: 'ws://b.example' },
      want: ['websocket_url'],
    },
    {
      name: 'an unknown audio format is refused',
      write: createBot,
      body: { ...bot, audio_format: 'mp3' },
      want: ['audio_format'],
    },
    {
      name: 'a bot belongs to a client that exists',
      write: createBot,
      body: { ...bot, client_id: 999 },
      want: ['client_id'],
    },
    { name: 'bot names repeat', write: createBot, body: { ...bot, bot_name: 'main' }, want: 'created' },
    {
      name: 'bot names may be unique',
      write: createBot,
      body: { ...bot, bot_name: ' MAIN' },
      options: { bot_names: 'unique' },
      want: ['bot_name'],
    },
    { name: 'a bot is updated', write: updateFirstBot, body: { bot_name: 'b', status: 0 }, want: 'done' },
    { name: 'a bot update needs bot_name', write: updateFirstBot, body: { status: 1 }, want: ['bot_name'] },
    { name: 'a bot update needs status', write: updateFirstBot, body: { bot_name: 'b' }, want: ['status'] },
    {
      name: 'an unknown bot is missing',
      write: (world, body, behaviour) => updateBot(world, 9, body, behaviour),
      body: bot,
      want: 'missing',
    },
  ]);

  it('a bot update drops what was not sent, and keeps the client', () => {
    const world = account();
    updateBot(world, 51, { bot_name: 'b', status: 1 }, defaultBehaviour());
    const want = {
      id: 51,
      name: 'b',
      status: 1,
      websocketUrl: null,
      webhookUrl: null,
      audioFormat: 'alaw',
      noiseCancel: 0,
      clientId: 701,
      misreported: false,
    };
    expect(world.bots.get(51)).toEqual(want);
  });
});
