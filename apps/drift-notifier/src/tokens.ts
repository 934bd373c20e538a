export const DEAD_LETTER_TOPIC = Symbol('DEAD_LETTER_TOPIC');
export const HEALTH = Symbol('HEALTH');
export const REGISTRY = Symbol('REGISTRY');
