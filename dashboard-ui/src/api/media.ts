/** Media, and what is done with them. */

import { call } from './client';
import type { Deletion, Details, Happening, Link, Media, Page, PlaybackRules, Policy, Rule } from './types';

export interface Asked {
  search: string;
  status: string;
  kind: string;
  sort: string;
  source?: string;
}

/** Counting all that fit is more work than showing some of them. */
export function list(asked: Asked, after: string | null, limit: number, counted: boolean): Promise<Page> {
  const query = new URLSearchParams({ sort: asked.sort, limit: String(limit), counted: String(counted) });
  for (const name of ['search', 'status', 'kind', 'source'] as const) {
    const told = asked[name];
    if (told) query.set(name, told);
  }
  if (after) query.set('after', after);
  return call('GET', `/api/v1/media?${query}`);
}

export const get = (id: string, as?: string) => call<Details>('GET', `/api/v1/media/${id}`, as ? { as } : {});
export const remove = (id: string) => call<unknown>('DELETE', `/api/v1/media/${id}`);
export const foreseeDeletion = (id: string) =>
  call<Deletion>('GET', `/api/v1/media/${id}/deletion`);
export const edit = (id: string, change: { title?: string; metadata?: Record<string, string> }) =>
  call<unknown>('PATCH', `/v1/on-demand/${id}`, { body: change });
export const events = async (id: string) =>
  (await call<{ events: Happening[] }>('GET', `/api/v1/media/${id}/events`)).events;

export async function importFrom(url: string, policy: Policy): Promise<string> {
  const body = {
    inputs: [{ type: 'video', url }],
    accessPolicy: policy === 'public' ? 'public' : 'private',
    ...titled(url),
  };
  return (await call<{ data: { id: string } }>('POST', '/v1/on-demand', { body })).data.id;
}

/** Named after the file that the address ends in, if it does. */
function titled(url: string): { title?: string } {
  try {
    const title = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '').slice(0, 255);
    return title ? { title } : {};
  } catch {
    return {};
  }
}

/** The same `key` makes the same clip, once. */
export function clip(
  id: string,
  ranges: { start: string; end: string }[],
  policy: Policy,
  title: string,
  key: string,
  as: string,
): Promise<Media> {
  const body = { ranges, policy, ...(title ? { title } : {}) };
  return call('POST', `/api/v1/media/${id}/clips`, { body, as, headers: { 'Idempotency-Key': key } });
}

export const playbacks = async (id: string) =>
  (await call<{ data: PlaybackRules[] }>('GET', `/v1/on-demand/${id}/playback-ids`)).data;
export const addPlayback = (id: string, policy: 'public' | 'private') =>
  call<unknown>('POST', `/v1/on-demand/${id}/playback-ids`, { body: { accessPolicy: policy } });
export const removePlayback = (id: string, playback: string) =>
  call<unknown>('DELETE', `/v1/on-demand/${id}/playback-ids?playbackId=${playback}`);
export const restrict = (id: string, playback: string, what: 'domains' | 'user-agents', rule: Rule) =>
  call<unknown>('PATCH', `/v1/on-demand/${id}/playback-ids/${playback}/${what}`, { body: rule });

export const link = (id: string, playback: string, expiresIn: number) =>
  call<Link>('POST', `/api/v1/media/${id}/links`, { body: { playback, expiresIn } });

export const keepFile = (id: string, keep: boolean) =>
  call<unknown>('PATCH', `/v1/on-demand/${id}/update-mp4Support`, { body: { mp4Support: keep ? 'capped_4k' : 'none' } });
