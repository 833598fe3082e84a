/** Soundtracks and captions of a media. */

import { call } from './client';
import type { Track } from './types';

export async function tracks(media: string): Promise<Track[]> {
  const told = await call<{ data: { tracks: Track[] } }>('GET', `/v1/on-demand/${media}`);
  return told.data.tracks.filter((one) => one.type !== 'video');
}

export function putCaptions(workspace: string, media: string, language: string, file: File): Promise<unknown> {
  const body = new FormData();
  body.append('file', file);
  const [account, uid] = [workspace, media].map((id) => id.replaceAll('-', ''));
  return call('PUT', `/client/v4/accounts/${account}/stream/${uid}/captions/${encodeURIComponent(language)}`, { body });
}

export function addAudio(media: string, url: string, language: string): Promise<unknown> {
  const told = { type: 'audio', url, languageCode: language, languageName: nameOf(language) };
  return call('POST', `/v1/on-demand/${media}/tracks`, { body: { tracks: told } });
}

export const removeTrack = (media: string, track: string) =>
  call<unknown>('DELETE', `/v1/on-demand/${media}/tracks/${track}`);

function nameOf(language: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}
