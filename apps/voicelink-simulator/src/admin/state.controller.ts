import { Body, Controller, Delete, Get, Patch, Query, UseGuards } from '@nestjs/common';
import { parseBehaviour, type Behaviour } from '../world/behaviour';
import { asBody, Fields } from '../world/fields';
import { Simulator } from '../simulator';
import { LiveTimers } from '../upstream/live-timers';
import { AdminGuard } from './admin.guard';
import { invalidInput, readInput } from './admin-input';

/** Counts, options, channel pool, reset. */
@Controller('__admin')
@UseGuards(AdminGuard)
export class StateController {
  constructor(
    private readonly simulator: Simulator,
    private readonly timers: LiveTimers,
  ) {}

  @Get()
  index(): unknown {
    return { documentation: 'apps/voicelink-simulator/README.md', state: this.state() };
  }

  @Get('state')
  state(): unknown {
    const { world, journal, faults, calls, seeded } = this.simulator;
    return {
      ...seeded,
      counts: {
        clients: world.clients.rows.length,
        dids: world.dids.length,
        mapped_dids: world.dids.filter((did) => did.clientId !== null).length,
        bots: world.bots.rows.length,
        routings: world.routings.length,
        trunks: world.trunks.rows.length,
        leads: world.leads,
      },
      channels: { total: world.channelPool, used: world.channelsUsed },
      calls: Object.fromEntries(calls),
      journal: journal.entries.length,
      faults: faults.active.length,
    };
  }

  /** Resets to the state after a start; accepts `seed` and `dids`. */
  @Delete('state')
  reset(@Query() query: unknown): unknown {
    const wanted = readInput(query, (fields) => ({
      seed: fields.int('seed', { min: 0 }),
      dids: fields.int('dids', { min: 0, max: 1_000_000 }),
    }));
    const { seeded } = this.simulator;
    // A late effect on the old data must not change the new data.
    this.timers.stop();
    this.simulator.reset({ seed: wanted.seed ?? seeded.seed, dids: wanted.dids ?? seeded.dids });
    return this.state();
  }

  /** An account without clients, DIDs, bots, trunks and routing; its channels stay. */
  @Delete('records')
  removeAll(): unknown {
    this.timers.stop();
    this.simulator.removeAll();
    return this.state();
  }

  @Get('options')
  options(): Behaviour {
    return this.simulator.behaviour;
  }

  @Patch('options')
  setOptions(@Body() body: unknown): Behaviour {
    const parsed = parseBehaviour(asBody(body));
    if ('errors' in parsed) throw invalidInput(parsed.errors);
    this.simulator.behaviour = { ...this.simulator.behaviour, ...parsed.changes };
    return this.simulator.behaviour;
  }

  @Patch('channels')
  setChannels(@Body() body: unknown): unknown {
    const total = readInput(body, (fields: Fields) => fields.int('total', { required: true, min: 0 }) ?? 0);
    this.simulator.world.channelPool = total;
    return { total, used: this.simulator.world.channelsUsed };
  }

  /** Every bearer token ends. */
  @Delete('tokens')
  revokeTokens(): { revoked: true } {
    this.simulator.sessions.revokeAll();
    return { revoked: true };
  }
}
