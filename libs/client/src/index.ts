export * from './api';
export { type Client, type Config, createClient, type RequestResult } from './api/client';
