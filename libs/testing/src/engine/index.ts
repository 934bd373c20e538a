export * from './engine-bed';
