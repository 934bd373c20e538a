import { LABEL_SELECTOR_RULE, MAX_SELECTOR_LENGTH, parseLabelSelector, type LabelSelector } from '@dialtone/domain';
import { InQuery, type Kind } from './field';

export const SELECTOR_KIND: Kind = {
  schema: { type: String, minLength: 1, maxLength: MAX_SELECTOR_LENGTH },
  mustBe: LABEL_SELECTOR_RULE,
  isValid: (value) => typeof value === 'string' && parseLabelSelector(value) !== null,
};

/** A filter by the labels of declarations. */
export const LabelSelection = (): PropertyDecorator =>
  InQuery('labels', SELECTOR_KIND, {
    description:
      'Only declared numbers with such labels, as Kubernetes selects: `name=value`, `name!=value` (also without the label), `name in (a,b)`, `name notin (a,b)`, `name`, `!name`; with commas between them all must hold.',
    example: 'team=sales,region in (north,south)',
  });

/** What a list is asked for. */
export const labelSelector = ({ labels }: { readonly labels?: string }): { readonly labels?: LabelSelector } => {
  const parsed = labels === undefined ? null : parseLabelSelector(labels);
  return parsed === null ? {} : { labels: parsed };
};
