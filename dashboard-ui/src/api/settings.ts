/** A workspace's tokens, keys, webhooks, watermarks, and what it keeps. */

import { call } from './client';
import type { Delivery, SigningKey, Storage, Token, Watermark, Webhook } from './types';

export const tokens = async () => (await call<{ tokens: Token[] }>('GET', '/api/v1/tokens')).tokens;
export const addToken = (scope: string, email: string) =>
  call<Token>('POST', '/api/v1/tokens', { body: { scope, ...(email ? { email } : {}) } });
export const revokeToken = (id: string) => call<unknown>('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`);

export async function keys(page: number): Promise<{ keys: SigningKey[]; pages: number }> {
  const told = await call<{ data: SigningKey[]; pagination: { offsetCount: number } }>(
    'GET', `/v1/iam/signing-keys?limit=20&offset=${page}`,
  ); // prettier-ignore
  return { keys: told.data, pages: told.pagination.offsetCount };
}
export const addKey = async () => (await call<{ data: SigningKey }>('POST', '/v1/iam/signing-keys')).data;
export const removeKey = (id: string) => call<unknown>('DELETE', `/v1/iam/signing-keys/${id}`);

export const webhooks = async () => (await call<{ webhooks: Webhook[] }>('GET', '/api/v1/webhooks')).webhooks;
export const addWebhook = (url: string) => call<Webhook>('POST', '/api/v1/webhooks', { body: { url } });
export const removeWebhook = (id: string) => call<unknown>('DELETE', `/api/v1/webhooks/${id}`);
export const testWebhook = (id: string) => call<unknown>('POST', `/api/v1/webhooks/${id}/test`);
export const deliveries = (id: string, start: number, limit: number) =>
  call<{ deliveries: Delivery[]; total: number }>('GET', `/api/v1/webhooks/${id}/deliveries?start=${start}&limit=${limit}`);
export const redeliver = (webhook: string, id: string) =>
  call<unknown>('POST', `/api/v1/webhooks/${webhook}/deliveries/${id}/redeliver`);

const marks = (workspace: string) => `/client/v4/accounts/${workspace.replaceAll('-', '')}/stream/watermarks`;
export const watermarks = async (workspace: string) =>
  (await call<{ result: Watermark[] }>('GET', marks(workspace))).result;
export const addWatermark = (workspace: string, form: FormData) => call<unknown>('POST', marks(workspace), { body: form });
export const removeWatermark = (workspace: string, uid: string) => call<unknown>('DELETE', `${marks(workspace)}/${uid}`);

export const storage = () => call<Storage>('GET', '/api/v1/storage');
