export * from './modes';
export * from './restraints';
