/** The timeline's picture: ruler, filmstrip, waveform. Drawn when the window moves, never while a handle does. */

import { clock, type Timebase } from '../time/timebase';
import * as windows from '../time/window';
import type { Window } from '../time/window';
import type { Film } from './film';

export const RULER = 22;
export const STRIP = 56;
export const WAVE = 48;

export interface Colors {
  faint: string;
  line: string;
  back: string;
  wave: string;
}

/** Peaks of the sound, from 0 to 1, over the window; null where none are known. */
export type Peaks = (first: number, span: number, count: number) => (number | null)[];

export function paint(
  canvas: HTMLCanvasElement,
  width: number,
  window: Window,
  base: Timebase,
  film: Film,
  aspect: number,
  colors: Colors,
  peaks: Peaks | null,
): void {
  const scale = Math.min(devicePixelRatio || 1, 2);
  const height = RULER + STRIP + (peaks ? WAVE : 0);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context || width <= 0) return;
  context.scale(scale, scale);
  const x = (frame: number) => ((frame - window.first) / window.span) * width;
  strip(context, width, window, base, film, aspect, x);
  ruler(context, width, window, base, colors, x);
  if (peaks) wave(context, width, window, colors, peaks);
}

function ruler(context: CanvasRenderingContext2D, width: number, window: Window, base: Timebase, colors: Colors, x: (frame: number) => number): void {
  context.fillStyle = colors.back;
  context.fillRect(0, 0, width, RULER);
  const step = windows.step(window, base.rate, width, 84);
  const isFine = step < 1;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const first = Math.floor(base.seconds(window.first) / step);
  const last = Math.ceil(base.seconds(window.first + window.span) / step);
  for (let number = first; number <= last; number += 1) {
    // A mark lies on the frame that begins there.
    const frame = base.edgeAt(number * step);
    const at = Math.round(x(frame)) + 0.5;
    if (frame > base.frames || at < -60 || at > width) continue;
    context.fillStyle = colors.line;
    context.fillRect(at - 0.5, 0, 1, RULER);
    context.fillStyle = colors.faint;
    const told = isFine ? `${clock(base.seconds(frame), 2)}` : clock(base.seconds(frame), 0);
    context.fillText(told, at + 4, RULER / 2);
  }
}

function strip(context: CanvasRenderingContext2D, width: number, window: Window, base: Timebase, film: Film, aspect: number, x: (frame: number) => number): void {
  const { each, first, count } = windows.tiles(window, width, Math.max(24, STRIP * aspect));
  const tiles = Array.from({ length: count }, (_, at) => ({ each, number: first + at })).filter(
    ({ number }) => number >= 0 && number * each < base.frames,
  );
  film.want(tiles);
  context.fillStyle = '#000';
  context.fillRect(0, RULER, width, STRIP);
  for (const tile of tiles) {
    const left = x(tile.number * each);
    const right = x(Math.min((tile.number + 1) * each, base.frames));
    const picture = film.get(tile);
    if (!picture) continue;
    context.save();
    context.beginPath();
    context.rect(left, RULER, right - left, STRIP);
    context.clip();
    const scale = Math.max((right - left) / picture.width, STRIP / picture.height);
    const [wide, high] = [picture.width * scale, picture.height * scale];
    context.drawImage(picture, (left + right - wide) / 2, RULER + (STRIP - high) / 2, wide, high);
    context.restore();
    if (each === 1) {
      context.fillStyle = 'rgb(0 0 0 / 0.6)';
      context.fillRect(left, RULER, 1, STRIP);
    }
  }
}

function wave(context: CanvasRenderingContext2D, width: number, window: Window, colors: Colors, peaks: Peaks): void {
  const top = RULER + STRIP;
  context.fillStyle = colors.back;
  context.fillRect(0, top, width, WAVE);
  context.fillStyle = colors.wave;
  const bars = Math.max(1, Math.floor(width / 2));
  peaks(window.first, window.span, bars).forEach((peak, at) => {
    if (peak === null) return;
    const high = Math.max(1, peak * (WAVE - 6));
    context.fillRect((at * width) / bars, top + (WAVE - high) / 2, 1.2, high);
  });
}
