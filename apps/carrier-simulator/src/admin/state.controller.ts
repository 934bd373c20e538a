import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { readLifeOptions, type LifeOptions } from '../life-options';
import { Simulator } from '../simulator';
import { isOver } from '../world/call';
import { connectionBody } from '../world/seed-accounts';
import { AdminGuard } from './admin.guard';
import { readInput } from './admin-input';

const DAY_MS = 86_400_000;

/** Counts, options, the clock, reset. */
@Controller('__admin')
@UseGuards(AdminGuard)
export class StateController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  index(): unknown {
    return { documentation: 'apps/carrier-simulator/README.md', state: this.state() };
  }

  @Get('state')
  state(): unknown {
    const { world, journal, deliveries, faults, requests, seeded } = this.simulator;
    return {
      ...seeded,
      counts: {
        accounts: world.accounts.length,
        calls: world.calls.length,
        live_calls: world.calls.filter(({ phase }) => !isOver(phase)).length,
      },
      requests: Object.fromEntries(requests),
      journal: journal.entries.length,
      callbacks: deliveries.entries.length,
      faults: faults.active.length,
    };
  }

  /** Resets to the state after a start; accepts `seed` and `numbers`. */
  @Delete('state')
  reset(@Query() query: unknown): unknown {
    const wanted = readInput(query, (fields) => ({
      seed: fields.int('seed', { min: 0 }),
      numbers: fields.int('numbers', { min: 1, max: 100_000 }),
    }));
    const { seeded } = this.simulator;
    this.simulator.reset({ seed: wanted.seed ?? seeded.seed, numbers: wanted.numbers ?? seeded.numbers });
    return this.state();
  }

  @Get('options')
  options(): LifeOptions {
    return this.simulator.options;
  }

  @Patch('options')
  setOptions(@Body() body: unknown): LifeOptions {
    const changes = readInput(body, (fields) => {
      fields.only('outcome', 'ring_after_ms', 'answer_after_ms', 'talk_ms');
      return readLifeOptions(fields);
    });
    this.simulator.options = { ...this.simulator.options, ...changes };
    return this.simulator.options;
  }

  @Get('clock')
  clock(): unknown {
    const { clock } = this.simulator;
    return { mode: clock.mode, now: new Date(clock.now()).toISOString() };
  }

  /** Answers when all that fell due has been sent and answered. */
  @Post('clock')
  @HttpCode(200)
  async advance(@Body() body: unknown): Promise<unknown> {
    const ms = readInput(body, (fields) => fields.int('advance_ms', { required: true, min: 0, max: DAY_MS }) ?? 0);
    await this.simulator.advance(ms);
    return this.clock();
  }

  /** What makes a connection to the first account of each carrier. The credentials are invented. */
  @Get('connections')
  connections(): unknown {
    const { world, seeded } = this.simulator;
    return { connections: world.accounts.slice(0, SEEDED).map(connectionBody), seed: seeded.seed };
  }
}

/** Accounts that a start makes: one for each carrier. */
const SEEDED = 7;
