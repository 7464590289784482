export { type ErrorCode, type Location, PortplanError } from './errors.ts';
export * from './model/publish.ts';
