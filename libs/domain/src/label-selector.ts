import { LABEL_NAME_PATTERN, LABEL_VALUE_PATTERN, type Labels } from './labels';

/** One condition of a selector. */
export type LabelRequirement =
  /** The label has one of these values. */
  | { readonly kind: 'in'; readonly name: string; readonly values: readonly string[] }
  /** It has none of these values, or there is no such label. */
  | { readonly kind: 'not_in'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'exists' | 'missing'; readonly name: string };

/** All of them hold. Empty: everything is selected. */
export type LabelSelector = readonly LabelRequirement[];

const MAX_REQUIREMENTS = 16;
const MAX_VALUES = 64;
export const MAX_SELECTOR_LENGTH = 1_000;

export const LABEL_SELECTOR_RULE = `a label selector as Kubernetes writes it, of at most ${String(MAX_REQUIREMENTS)} conditions, for example team=sales,tier!=test,region in (north,south),!retired`;

/** Named groups: which of them matched says what kind of condition it is. */
const CONDITIONS = [
  /^(?<name>[^\s=!(),]+)\s+in\s*\((?<in>[^()]*)\)$/,
  /^(?<name>[^\s=!(),]+)\s+notin\s*\((?<not_in>[^()]*)\)$/,
  /^(?<name>[^\s=!(),]+)\s*==?\s*(?<in>[^\s=!(),]*)$/,
  /^(?<name>[^\s=!(),]+)\s*!=\s*(?<not_in>[^\s=!(),]*)$/,
  /^(?<name>[^\s=!(),]+)(?<exists>)$/,
  /^!\s*(?<name>[^\s=!(),]+)(?<missing>)$/,
] as const;

const KINDS = ['in', 'not_in', 'exists', 'missing'] as const;

/** At the commas that are not inside of parentheses. */
const COMMA = /,(?![^()]*\))/;

const requirementOf = (text: string): LabelRequirement | null => {
  const groups = CONDITIONS.map((condition) => condition.exec(text)?.groups).find((found) => found !== undefined);
  const name = groups?.['name'];
  const kind = KINDS.find((one) => groups?.[one] !== undefined);
  if (name === undefined || kind === undefined) return null;
  if (kind === 'exists' || kind === 'missing') return { kind, name };
  return { kind, name, values: (groups?.[kind] ?? '').split(',').map((value) => value.trim()) };
};

const isSound = (requirement: LabelRequirement): boolean =>
  new RegExp(LABEL_NAME_PATTERN).test(requirement.name) &&
  (!('values' in requirement) ||
    (requirement.values.length <= MAX_VALUES &&
      requirement.values.every((value) => new RegExp(LABEL_VALUE_PATTERN).test(value))));

/** Null when the text is no selector. */
export const parseLabelSelector = (text: string): LabelSelector | null => {
  if (text.trim() === '' || text.length > MAX_SELECTOR_LENGTH) return null;
  const parts = text.split(COMMA);
  if (parts.length > MAX_REQUIREMENTS) return null;
  const requirements: LabelRequirement[] = [];
  for (const part of parts) {
    const requirement = requirementOf(part.trim());
    if (requirement === null || !isSound(requirement)) return null;
    requirements.push(requirement);
  }
  return requirements;
};

const holds = (requirement: LabelRequirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, requirement.name) ? labels[requirement.name] : undefined;
  switch (requirement.kind) {
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'not_in':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'missing':
      return value === undefined;
  }
};

export const selectsLabels = (selector: LabelSelector, labels: Labels): boolean =>
  selector.every((requirement) => holds(requirement, labels));
