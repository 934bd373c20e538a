import { account, itFollows, without } from '../../test/account';
import { defaultBehaviour } from './behaviour';
import { updateBot } from './bot-writes';
import { addLead } from './lead-writes';

const lead = { did_number: '918000000019', customer_number: '9800000001' };

describe('the rules of writing', () => {
  itFollows([
    { name: 'a lead is taken for a DID with an active outbound bot', write: addLead, body: lead, want: 'done' },
    {
      name: 'a lead needs a number of the account',
      write: addLead,
      body: { ...lead, did_number: '910000000000' },
      want: ['did_number'],
    },
    {
      name: 'a lead needs somebody to call',
      write: addLead,
      body: without(lead, 'customer_number'),
      want: ['customer_number'],
    },
    {
      name: 'a DID without routing takes no lead',
      write: addLead,
      body: { ...lead, did_number: '918000000017' },
      want: 'refused',
    },
  ]);

  it('deactivating the bot makes the DID refuse leads', () => {
    const world = account();
    updateBot(world, 53, { bot_name: 'main', status: 0, websocket_url: 'wss://a.example' }, defaultBehaviour());
    expect(addLead(world, lead).kind).toBe('refused');
  });
});
