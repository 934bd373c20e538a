import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { type Fields } from '../world/fields';
import {
  AUDIO_FORMATS,
  BOT,
  MOBILE,
  ONLY_ANSWER,
  type Bot,
  type Client,
  type Did,
  type Routing,
} from '../world/records';
import { Simulator } from '../simulator';
import { AdminGuard } from './admin.guard';
import { botOf, didOf, readFlag, readInput, readNewId, readWindow } from './admin-input';
import { didView, pageOf, type DidView, type Page } from './admin-view';

/** Clients and bots by their true state; new records bypass the API's rules. Field names follow the API. */
@Controller('__admin')
@UseGuards(AdminGuard)
export class RecordsController {
  constructor(private readonly simulator: Simulator) {}

  /** `with_bot=false`: clients that have no bot at all. */
  @Get('clients')
  clients(@Query() query: unknown): Page<Client> {
    const { world } = this.simulator;
    const { withBot, window } = readInput(query, (fields) => ({
      withBot: readFlag(fields, 'with_bot'),
      window: readWindow(fields),
    }));
    const owners = new Set(world.bots.rows.map((bot) => bot.clientId));
    const rows = world.clients.rows.filter((client) => withBot === null || owners.has(client.id) === withBot);
    return pageOf(rows, window, (client) => client);
  }

  @Post('clients')
  addClient(@Body() body: unknown): Client {
    const serial = String(this.simulator.world.clients.rows.length + 1);
    const client = readInput(body, (fields) => ({
      username: fields.text('username') ?? `added.${serial}`,
      email: fields.text('email') ?? 'ops@added.example',
      firstName: fields.text('first_name') ?? 'Added',
      lastName: fields.text('last_name') ?? serial,
      phone: fields.text('phone'),
      channelCount: fields.int('channel_count', { min: 0 }) ?? 0,
      isActive: fields.bit('is_active') ?? 1,
      walletBalance: '0.00',
    }));
    const { clients } = this.simulator.world;
    return clients.add(
      client,
      readNewId(body, 'id', (id) => clients.get(id)),
    );
  }

  @Get('bots')
  bots(@Query() query: unknown): Page<Bot> {
    const { clientId, window } = readInput(query, (fields) => ({
      clientId: fields.int('client_id'),
      window: readWindow(fields),
    }));
    const rows = this.simulator.world.bots.rows.filter((bot) => clientId === null || bot.clientId === clientId);
    return pageOf(rows, window, (bot) => bot);
  }

  @Post('bots')
  addBot(@Body() body: unknown): Bot {
    const { bots } = this.simulator.world;
    return bots.add(
      readInput(body, readBot),
      readNewId(body, 'id', (id) => bots.get(id)),
    );
  }

  @Post('bots/:id/activate')
  @HttpCode(200)
  activate(@Param('id') id: string): Bot {
    return this.change(id, { status: 1 });
  }

  @Post('bots/:id/deactivate')
  @HttpCode(200)
  deactivate(@Param('id') id: string): Bot {
    return this.change(id, { status: 0 });
  }

  /** From now on the list reports status 0 for this bot, whatever its true status; `{"misreported": 0}` ends that. */
  @Post('bots/:id/misreport')
  @HttpCode(200)
  misreport(@Param('id') id: string, @Body() body: unknown): Bot {
    return this.change(id, { misreported: readInput(body, (fields) => fields.bit('misreported') ?? 1) === 1 });
  }

  @Delete('bots/:id')
  @HttpCode(204)
  removeBot(@Param('id') id: string): void {
    this.simulator.world.bots.remove(botOf(this.simulator.world, id).id);
  }

  @Post('dids')
  addDid(@Body() body: unknown): DidView {
    const { world } = this.simulator;
    const did = readInput(body, readDid);
    if (world.didByNumber(did.number) !== undefined)
      throw new ConflictException(`There is a DID ${did.number} already.`);
    return didView(
      world,
      world.addDid(
        did,
        readNewId(body, 'did_id', (id) => world.did(id)),
      ),
    );
  }

  @Post('routing')
  addRouting(@Body() body: unknown): Routing {
    const { world } = this.simulator;
    const routing = readInput(body, (fields) => ({
      didId: didOf(world, fields.text('did_id') ?? fields.text('did_number', { required: true }) ?? '').id,
      ...readHalves(fields),
    }));
    if (world.routingOf(routing.didId) !== undefined)
      throw new ConflictException('This DID has a routing record already.');
    return world.addRouting(
      routing,
      readNewId(body, 'id', (id) => world.routing(id)),
    );
  }

  private change(id: string, changes: Partial<Bot>): Bot {
    return this.simulator.world.bots.put({ ...botOf(this.simulator.world, id), ...changes });
  }
}

const readBot = (fields: Fields): Omit<Bot, 'id'> => ({
  name: fields.text('bot_name') ?? 'added',
  websocketUrl: fields.text('websocket_url') ?? 'wss://voice.example/ws/added',
  webhookUrl: fields.text('webhook_url'),
  audioFormat: fields.text('audio_format', { oneOf: AUDIO_FORMATS }) ?? 'alaw',
  noiseCancel: fields.bit('noise_cancel') ?? 0,
  status: fields.bit('status') ?? 1,
  clientId: fields.int('client_id', { min: 1 }),
  misreported: fields.bit('misreported') === 1,
});

const readDid = (fields: Fields): Omit<Did, 'id'> => {
  const clientId = fields.int('client_id', { min: 1 });
  const isExpired = fields.bit('is_expired') === 1;
  return {
    number: fields.text('did_number', { required: true, pattern: /^\d{8,15}$/ }) ?? '',
    countryCode: '91',
    typeLabel: 'Mobile',
    clientId,
    userStatus: isExpired ? 3 : clientId === null ? 1 : 2,
    userExpiryDate: null,
    callRecording: 0,
    description: null,
    clientAutoRenew: 0,
    expiryDate:
      fields.text('expiry_date', { pattern: /^\d{4}-\d{2}-\d{2}/ }) ?? (isExpired ? '2024-01-31' : '2041-01-31'),
    isExpired,
  };
};

/** Default outbound mode: to the named bot, else only-answer. */
const readHalves = (fields: Fields): Omit<Routing, 'id' | 'didId'> => {
  const outboundBotId = fields.int('outbound_websocket_bot_id', { min: 1 });
  return {
    forInboundCall: fields.int('for_inbound_call', { min: 0 }) ?? MOBILE,
    forOutboundCall: fields.int('for_outbound_call', { min: 0 }) ?? (outboundBotId === null ? ONLY_ANSWER : BOT),
    inboundBotId: fields.int('inbound_websocket_bot_id', { min: 1 }),
    inboundTrunkId: fields.int('inbound_sip_trunk_id', { min: 1 }),
    outboundBotId,
    outboundTrunkId: fields.int('outbound_sip_trunk_id', { min: 1 }),
    status: fields.bit('status') ?? 1,
  };
};
