import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { Simulator } from '../simulator';
import { SECRET_NAME, type Account, type Portal } from '../world/account';
import { keyFieldOf, makeAccount, makeNumber } from '../world/seed-accounts';
import { digitsOf } from '../wire/request';
import { AdminGuard } from './admin.guard';
import { accountOf, providerOf, readInput } from './admin-input';

const PORTAL = ['webhook_url', 'resolver_url', 'callback_encoding', 'webhook_secret', 'concurrency'] as const;

/** Without the credentials. */
const shown = ({ provider, key, numbers, applications, portal, isSuspended }: Account): object => {
  const rest = Object.entries(portal).filter(([name]) => !SECRET_NAME.test(name));
  return { provider, key, is_suspended: isSuspended, numbers, applications, portal: Object.fromEntries(rest) };
};

/** What a customer does in a carrier's panel. */
@Controller('__admin/accounts')
@UseGuards(AdminGuard)
export class AccountsController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  list(): unknown {
    return { accounts: this.simulator.world.accounts.map(shown) };
  }

  /** Another account, or the same with other credentials: `{provider, credentials, numbers?: ["+91…"]}`. */
  @Post()
  add(@Body() body: unknown): object {
    const { world } = this.simulator;
    const made = readInput(body, (fields) => {
      const provider = providerOf(fields.text('provider', { required: true }) ?? '');
      const credentials = fields.texts('credentials') ?? {};
      if ((credentials[keyFieldOf(provider)] ?? '') === '') fields.fail('credentials', `lack ${keyFieldOf(provider)}`);
      return { provider, credentials, number: digitsOf(fields.text('number') ?? '') };
    });
    const numbers = made.number === '' ? [] : [makeNumber(world.ids, made.provider, made.number)];
    return shown(world.addAccount(makeAccount(made.provider, made.credentials, numbers)));
  }

  /** `{portal?: {webhook_url…}, is_suspended?: "true"}` */
  @Patch(':provider')
  change(@Param('provider') provider: string, @Query('key') key: string | undefined, @Body() body: unknown): object {
    const account = accountOf(this.simulator.world, provider, key ?? null);
    const wanted = readInput(body, (fields) => {
      fields.only('portal', 'is_suspended');
      const portal = fields.texts('portal') ?? {};
      const unknown = Object.keys(portal).find((name) => !PORTAL.some((known) => known === name));
      if (unknown !== undefined) fields.fail('portal', `knows no ${unknown}`);
      return { portal, suspended: fields.choice('is_suspended', ['true', 'false']) };
    });
    account.portal = { ...account.portal, ...(wanted.portal as Portal) };
    if (wanted.suspended !== null) account.isSuspended = wanted.suspended === 'true';
    return shown(account);
  }

  @Post(':provider/numbers')
  addNumber(@Param('provider') provider: string, @Query('key') key: string | undefined, @Body() body: unknown): object {
    const account = accountOf(this.simulator.world, provider, key ?? null);
    const number = readInput(body, (fields) => digitsOf(fields.text('number', { required: true }) ?? ''));
    account.numbers = [...account.numbers, makeNumber(this.simulator.world.ids, account.provider, number)];
    return shown(account);
  }

  @Delete(':provider/numbers/:number')
  @HttpCode(204)
  removeNumber(
    @Param('provider') provider: string,
    @Query('key') key: string | undefined,
    @Param('number') number: string,
  ): void {
    const account = accountOf(this.simulator.world, provider, key ?? null);
    const left = account.numbers.filter((one) => one.number !== digitsOf(number));
    if (left.length === account.numbers.length) throw new NotFoundException(`There is no number ${number}.`);
    account.numbers = left;
  }
}
