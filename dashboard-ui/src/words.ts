/** Numbers and states as people read them. */

import type { Media, Status } from './api/types';

const STATES: Record<Status, string> = {
  pending: 'Waiting for upload',
  waiting: 'Waiting',
  fetching: 'Downloading',
  indexing: 'Processing',
  ready: 'Ready',
  failed: 'Failed',
};

export function stateOf(media: Media): string {
  const word = STATES[media.status];
  const tells = media.status === 'fetching' || media.status === 'indexing';
  return tells && media.percent > 0 ? `${word} ${Math.floor(media.percent)} %` : word;
}

export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

export const day = (moment: string) => dates.format(new Date(moment));
export const exactly = (moment: string) => times.format(new Date(moment));

/** "29.97" of "30000/1001". */
export function rateText(rate: string | undefined): string {
  const [numerator = 0, denominator = 1] = (rate ?? '').split('/').map(Number);
  return String(Math.round((numerator / denominator) * 1000) / 1000);
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}
