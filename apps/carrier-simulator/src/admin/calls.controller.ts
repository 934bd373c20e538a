import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query, UseGuards } from '@nestjs/common';
import { Simulator } from '../simulator';
import { PHASES, type Call } from '../world/call';
import { redact } from '../world/redact';
import { AdminGuard } from './admin.guard';
import { digitsOf } from '../wire/request';
import { accountOf, callOf, providerOf, readInput } from './admin-input';

/** Calls, and what becomes of them. */
@Controller('__admin/calls')
@UseGuards(AdminGuard)
export class CallsController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  list(@Query() query: unknown): unknown {
    const wanted = readInput(query, (fields) => fields.text('provider'));
    const provider = wanted === null ? null : providerOf(wanted);
    const calls = this.simulator.world.calls.filter((call) => provider === null || call.provider === provider);
    return { total: calls.length, calls: calls.map((call) => this.shown(call)) };
  }

  @Get(':id')
  one(@Param('id') id: string): unknown {
    return this.shown(callOf(this.simulator.world, id));
  }

  /** A call from outside to a number of an account: `{provider, to, from, key?}`. It rings and is answered as others are. */
  @Post('inbound')
  @HttpCode(200)
  async inbound(@Body() body: unknown): Promise<unknown> {
    const { world, lives, outbox } = this.simulator;
    const given = readInput(body, (fields) => ({
      provider: fields.text('provider', { required: true }) ?? '',
      to: digitsOf(fields.text('to', { required: true }) ?? ''),
      from: digitsOf(fields.text('from', { required: true }) ?? ''),
      key: fields.text('key'),
    }));
    const account = accountOf(world, given.provider, given.key);
    const number = account.numbers.find((one) => one.number === given.to);
    const call = number === undefined ? null : lives.ring(account, number, given.from);
    if (call === null) throw new NotFoundException(`No calls to ${given.to} go anywhere.`);
    await outbox.idle();
    return this.shown(call);
  }

  /** Brings the call to this phase now; answers when that has been told. */
  @Post(':id/move')
  @HttpCode(200)
  async move(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const call = callOf(this.simulator.world, id);
    const phase = readInput(body, (fields) => fields.choice('phase', PHASES, { required: true }) ?? 'completed');
    this.simulator.lives.move(call, phase);
    await this.simulator.outbox.idle();
    return this.shown(call);
  }

  private shown(call: Call): unknown {
    const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
    const { id, otherId, provider, accountKey, from, to, phase, cause, handover, createdAt } = call;
    const times = { at: at(createdAt), answered_at: at(call.answeredAt), ended_at: at(call.endedAt) };
    const ids = { id, other_id: otherId, direction: call.direction, provider, account: accountKey, from, to };
    return redact({ ...ids, phase, cause, handover, asked: call.asked, ...times }, this.simulator.world);
  }
}
