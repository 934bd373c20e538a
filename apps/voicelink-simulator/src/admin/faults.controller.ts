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
import { asBody } from '../world/fields';
import { Simulator } from '../simulator';
import { type Fault } from '../upstream/faults';
import { type JournalEntry } from '../upstream/journal';
import { AdminGuard } from './admin.guard';
import { invalidInput, readInput } from './admin-input';

/** Faults and the journal of mutating calls. */
@Controller('__admin')
@UseGuards(AdminGuard)
export class FaultsController {
  constructor(private readonly simulator: Simulator) {}

  @Post('faults')
  add(@Body() body: unknown): Fault {
    const added = this.simulator.faults.add(asBody(body));
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

  /** Also sets the call counts to zero. */
  @Delete('journal')
  @HttpCode(204)
  clearJournal(): void {
    this.simulator.journal.clear();
    this.simulator.calls.clear();
  }
}
