import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { Fault } from '../faults/faults';
import type { Delivery, JournalEntry } from '../journal';
import { Simulator } from '../simulator';
import { AdminGuard } from './admin.guard';
import { bodyOf, invalidInput, readInput } from './admin-input';

/** Faults, and what was received and sent. */
@Controller('__admin')
@UseGuards(AdminGuard)
export class FaultsController {
  constructor(private readonly simulator: Simulator) {}

  @Post('faults')
  add(@Body() body: unknown): Fault {
    const added = this.simulator.faults.add(bodyOf(body));
    if ('errors' in added) throw invalidInput(added.errors);
    return added.fault;
  }

  @Get('faults')
  list(): { faults: readonly Fault[] } {
    return { faults: this.simulator.faults.active };
  }

  @Delete('faults')
  @HttpCode(204)
  clear(): void {
    this.simulator.faults.clear();
  }

  @Delete('faults/:id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    if (!this.simulator.faults.remove(Number(id))) throw new NotFoundException(`There is no fault ${id}.`);
  }

  /** In order of arrival; narrowed by `endpoint` and `after` (a seq). */
  @Get('journal')
  journal(@Query() query: unknown): { entries: readonly JournalEntry[] } {
    const wanted = readInput(query, (fields) => ({
      endpoint: fields.text('endpoint'),
      after: fields.int('after') ?? 0,
    }));
    const matches = (entry: JournalEntry): boolean =>
      entry.seq > wanted.after && (wanted.endpoint === null || entry.endpoint === wanted.endpoint);
    return { entries: this.simulator.journal.entries.filter(matches) };
  }

  /** What carriers sent, in the order in which it came about; narrowed by `call_id` and `after`. */
  @Get('callbacks')
  callbacks(@Query() query: unknown): { entries: readonly Delivery[] } {
    const wanted = readInput(query, (fields) => ({
      callId: fields.text('call_id'),
      after: fields.int('after') ?? 0,
    }));
    const matches = (entry: Delivery): boolean =>
      entry.seq > wanted.after && (wanted.callId === null || entry.call_id === wanted.callId);
    return { entries: this.simulator.deliveries.entries.filter(matches) };
  }

  /** Both lists, and the counts of requests. */
  @Delete('journal')
  @HttpCode(204)
  clearJournal(): void {
    this.simulator.clearJournals();
  }
}
