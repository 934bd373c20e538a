export { NOT_PUBLIC } from './not-public';
export { describePublicOnly } from './public-only.contract';
