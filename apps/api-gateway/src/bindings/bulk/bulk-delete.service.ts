import { Inject, Injectable } from '@nestjs/common';
import { parseLabelSelector, type DidKey } from '@dialtone/domain';
import { inPairs, type AskedWithdrawal, type BindingStore, type Principal } from '@dialtone/persistence';
import { DeclarationLimit } from '../../http/access/declaration-limit';
import { invalidInput, type ApiError } from '../../http/errors/api-error';
import { ConnectionSelection, requestedConnection } from '../../http/input/connection-selection';
import { mustBeNumber } from '../../http/input/must-be-number';
import { isObject, objectFault } from '../../http/input/object-fault';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { answerOf, refusedRow, withdrawnRow } from './bulk-answer';
import { DELETE_KINDS, MAX_ITEMS } from './bulk-kinds';
import type { BulkAnswerDto, BulkDeleteBody, BulkResultDto } from './bulk.dto';
import { keyOf, namedTwice, SLICE } from './read-items';

/** What is to be withdrawn: a number, or why what was named is none. */
type Meant = { readonly key: DidKey } | { readonly key: DidKey | null; readonly refusal: ApiError };

/** Withdraws many declarations, by number or by label; with results like those of many declarations. */
@Injectable()
export class BulkDeleteService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    private readonly connections: ConnectionSelection,
    private readonly limit: DeclarationLimit,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async withdraw(principal: Principal, given: unknown): Promise<BulkAnswerDto> {
    const body = bodyOf(given);
    const { meant, left } = await this.meant(principal, body);
    const release = body.release ?? null;
    const claim = {
      ...{ manager: body.manager ?? null, takeOver: body.take_over ?? false, ownOnly: false },
      ...(release !== null && { release }),
    };
    const placed = meant.flatMap((one, index) => ('refusal' in one ? [] : [{ index, key: one.key, ...claim }]));
    const refused = meant.flatMap((one, index) => ('refusal' in one ? [refusedRow(index, one.key, one.refusal)] : []));
    const isAtomic = body.atomic === true;
    const dryRun = body.dry_run === true || (isAtomic && refused.length > 0);
    if (!dryRun) await this.limit.take(principal, placed.length);
    const { applied, rows } = await this.store(principal, placed, { atomic: isAtomic, dryRun });
    const results = [...rows, ...refused].toSorted((a, b) => a.index - b.index);
    return answerOf(applied && !dryRun, results, [], left);
  }

  private async store(
    { partnerId, apiKeyId }: Principal,
    placed: readonly (AskedWithdrawal & { readonly index: number })[],
    how: { readonly atomic: boolean; readonly dryRun: boolean },
  ): Promise<{ readonly applied: boolean; readonly rows: readonly BulkResultDto[] }> {
    const rows: BulkResultDto[] = [];
    let applied = true;
    const size = how.atomic ? MAX_ITEMS : SLICE;
    for (let at = 0; at < placed.length; at += size) {
      const withdraw = placed.slice(at, at + size);
      const asked = { partnerId, actor: apiKeyId, declare: [], withdraw, ...how };
      const result = await this.bindings.changeAll(asked);
      applied &&= result.applied;
      rows.push(...inPairs(withdraw, result.withdrawn).map(([{ index, key }, one]) => withdrawnRow(index, key, one)));
    }
    return { applied, rows };
  }

  private async meant(
    { partnerId }: Principal,
    body: BulkDeleteBody,
  ): Promise<{ readonly meant: readonly Meant[]; readonly left: number }> {
    const connectionId = requestedConnection(body);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const labels = parseLabelSelector(body.labels ?? '');
    if (labels === null) return { meant: this.named(body.numbers ?? []), left: 0 };
    const manager = body.manager ?? null;
    const { keys, left } = await this.bindings.select({
      partnerId,
      labels,
      except: [],
      limit: MAX_ITEMS,
      ...(connectionId !== null && { connectionId }),
      ...(manager !== null && { manager }),
    });
    return { meant: keys.map((key) => ({ key })), left: left - keys.length };
  }

  private named(numbers: readonly unknown[]): readonly Meant[] {
    const first = new Map<DidKey, number>();
    return numbers.map((number, index): Meant => {
      const key = keyOf(number, this.settings.countryCode);
      if (key === null) return { key, refusal: invalidInput('numbers', mustBeNumber('numbers')) };
      const earlier = first.get(key);
      if (earlier !== undefined) return { key, refusal: namedTwice(earlier) };
      first.set(key, index);
      return { key };
    });
  }
}

const bodyOf = (given: unknown): BulkDeleteBody => {
  const body = isObject(given) ? given : {};
  const fault = objectFault(body, DELETE_KINDS);
  if (fault !== null) throw invalidInput(fault.field, fault.message);
  const asked: BulkDeleteBody = body;
  const isByNumber = (asked.numbers ?? null) !== null;
  if (isByNumber === ((asked.labels ?? null) !== null)) {
    throw invalidInput('numbers', 'numbers or labels must say what to withdraw: send one of them.');
  }
  if (isByNumber && requestedConnection(asked) !== null) {
    throw invalidInput('connection_id', 'connection_id goes with labels: a number is declared on one connection only.');
  }
  return asked;
};
