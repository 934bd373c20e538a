import { InQuery } from '../../http/input/field';
import { PLAN_KIND } from '../bulk/bulk-kinds';
import { PLAN_HASH } from './plan-fields';

/** On what condition a declaration is taken, beside its precondition. */
export class DeclarationQuery {
  @InQuery('plan', PLAN_KIND, {
    description: 'Only if a plan of this declaration would still have this hash; else 409 `PLAN_STALE`.',
    example: PLAN_HASH,
  })
  readonly plan?: string;
}
