import { account, itFollows, without, type Case, type Write } from '../../test/account';
import { createClient, deleteClient, updateClient } from './client-writes';

const client = {
  first_name: 'A',
  last_name: 'B',
  username: 'third',
  email: 'x@y.example',
  password: 'secret',
  channel_count: 1,
};
const clientUpdate = { first_name: 'A', last_name: 'B', is_active: 1, channel_count: 2 };
const updateFirstClient: Write = (world, body, behaviour) => updateClient(world, 701, body, behaviour);

describe('the rules of writing', () => {
  itFollows([
    { name: 'a client is created', write: createClient, body: client, want: 'created' },
    ...Object.keys(client).map((field): Case => ({
      name: `a client needs ${field}`,
      write: createClient,
      body: without(client, field),
      want: [field],
    })),
    {
      name: 'a username is taken, whatever its case',
      write: createClient,
      body: { ...client, username: ' SECOND ' },
      want: ['username'],
    },
    {
      name: 'e-mail addresses repeat',
      write: createClient,
      body: { ...client, email: 'ops@shared.example' },
      want: 'created',
    },
    {
      name: 'e-mail addresses may be unique',
      write: createClient,
      body: { ...client, email: 'ops@shared.example' },
      options: { client_emails: 'unique' },
      want: ['email'],
    },
    { name: 'channels are exhausted', write: createClient, body: { ...client, channel_count: 7 }, want: 'refused' },
    {
      name: 'the last channels can be had',
      write: createClient,
      body: { ...client, channel_count: 6 },
      want: 'created',
    },
    {
      name: 'a client has a channel at least',
      write: createClient,
      body: { ...client, channel_count: 0 },
      want: ['channel_count'],
    },
    { name: 'a client is updated', write: updateFirstClient, body: clientUpdate, want: 'done' },
    ...Object.keys(clientUpdate).map((field): Case => ({
      name: `a client update needs ${field}`,
      write: updateFirstClient,
      body: without(clientUpdate, field),
      want: [field],
    })),
    {
      name: 'a client update cannot draw more channels than there are',
      write: updateFirstClient,
      body: { ...clientUpdate, channel_count: 9 },
      want: 'refused',
    },
    {
      name: 'a client keeps its own username',
      write: updateFirstClient,
      body: { ...clientUpdate, username: 'first' },
      want: 'done',
    },
    {
      name: 'a client cannot take the username of another',
      write: updateFirstClient,
      body: { ...clientUpdate, username: 'second' },
      want: ['username'],
    },
    {
      name: 'an unknown client is missing',
      write: (world, body, behaviour) => updateClient(world, 9, body, behaviour),
      body: clientUpdate,
      want: 'missing',
    },
    {
      name: 'an unknown client cannot be deleted',
      write: (world) => deleteClient(world, 9),
      body: {},
      want: 'missing',
    },
  ]);

  it('a deleted client gives its DIDs and channels back and takes its bots along', () => {
    const world = account();
    deleteClient(world, 702);
    expect(world.did(1303)).toMatchObject({ clientId: null, userStatus: 1 });
    expect(world.bots.get(53)).toBeUndefined();
    expect(world.channelsUsed).toBe(2);
    expect(world.routingOf(1303)).toBeDefined();
  });
});
