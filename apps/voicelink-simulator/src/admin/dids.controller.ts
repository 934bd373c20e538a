import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { type Fields } from '../world/fields';
import {
  breakRouting,
  BREAKAGES,
  deleteRouting,
  editInbound,
  setBotsOfDid,
  setExpired,
  unmap,
  type Breakage,
  type Meddled,
} from '../world/meddling';
import { MOBILE, type Did } from '../world/records';
import { type World } from '../world/world';
import { Simulator } from '../simulator';
import { AdminGuard } from './admin.guard';
import { didOf, orConflict, readFlag, readInput, readWindow } from './admin-input';
import { didView, pageOf, type DidView, type Page } from './admin-view';

/** DIDs by their true state, and changes behind the controller's back. `ref` is a did_id or a number. */
@Controller('__admin/dids')
@UseGuards(AdminGuard)
export class DidsController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  list(@Query() query: unknown): Page<DidView> {
    const { world } = this.simulator;
    const { window, matches } = readInput(query, (fields) => readQuery(world, fields));
    return pageOf(world.dids.filter(matches), window, (did) => didView(world, did));
  }

  @Get(':ref')
  find(@Param('ref') ref: string): DidView {
    return didView(this.simulator.world, didOf(this.simulator.world, ref));
  }

  @Post(':ref/unmap')
  @HttpCode(200)
  unmap(@Param('ref') ref: string): DidView {
    return this.meddle(ref, unmap);
  }

  @Post(':ref/break-routing')
  @HttpCode(200)
  breakRouting(@Param('ref') ref: string, @Body() body: unknown): DidView {
    const to = readInput(body, (fields) => fields.text('to', { oneOf: BREAKAGES }) ?? 'only_answer') as Breakage;
    return this.meddle(ref, (world, did) => breakRouting(world, did, to));
  }

  @Post(':ref/delete-routing')
  @HttpCode(200)
  deleteRouting(@Param('ref') ref: string): DidView {
    return this.meddle(ref, deleteRouting);
  }

  @Post(':ref/edit-inbound')
  @HttpCode(200)
  editInbound(@Param('ref') ref: string, @Body() body: unknown): DidView {
    const half = readInput(body, (fields) => ({
      forInboundCall: fields.int('for_inbound_call', { min: 0 }) ?? MOBILE,
      inboundBotId: fields.int('inbound_websocket_bot_id', { min: 1 }),
      inboundTrunkId: fields.int('inbound_sip_trunk_id', { min: 1 }),
    }));
    return this.meddle(ref, (world, did) => editInbound(world, did, half));
  }

  @Post(':ref/expire')
  @HttpCode(200)
  expire(@Param('ref') ref: string): DidView {
    return this.meddle(ref, (world, did) => setExpired(world, did, true));
  }

  @Post(':ref/renew')
  @HttpCode(200)
  renew(@Param('ref') ref: string): DidView {
    return this.meddle(ref, (world, did) => setExpired(world, did, false));
  }

  @Post(':ref/deactivate-bot')
  @HttpCode(200)
  deactivateBot(@Param('ref') ref: string): DidView {
    return this.meddle(ref, (world, did) => setBotsOfDid(world, did, 0));
  }

  @Post(':ref/activate-bot')
  @HttpCode(200)
  activateBot(@Param('ref') ref: string): DidView {
    return this.meddle(ref, (world, did) => setBotsOfDid(world, did, 1));
  }

  @Delete(':ref')
  @HttpCode(204)
  remove(@Param('ref') ref: string): void {
    const { world } = this.simulator;
    world.removeDid(didOf(world, ref));
  }

  private meddle(ref: string, change: (world: World, did: Did) => Meddled): DidView {
    const { world } = this.simulator;
    orConflict(change(world, didOf(world, ref)));
    return this.find(ref);
  }
}

interface DidQuery {
  readonly window: { readonly limit: number; readonly offset: number };
  readonly matches: (did: Did) => boolean;
}

const readQuery = (world: World, fields: Fields): DidQuery => {
  const mapped = readFlag(fields, 'mapped');
  const routed = readFlag(fields, 'routed');
  const expired = readFlag(fields, 'expired');
  const clientId = fields.int('client_id');
  const search = fields.text('search');
  const tests: ((did: Did) => boolean)[] = [];
  if (mapped !== null) tests.push((did) => (did.clientId !== null) === mapped);
  if (routed !== null) tests.push((did) => (world.routingOf(did.id) !== undefined) === routed);
  if (expired !== null) tests.push((did) => did.isExpired === expired);
  if (clientId !== null) tests.push((did) => did.clientId === clientId);
  if (search !== null) tests.push((did) => did.number.includes(search));
  return { window: readWindow(fields), matches: (did) => tests.every((test) => test(did)) };
};
