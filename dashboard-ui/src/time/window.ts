/** The part of a media that a timeline shows. Pure. */

import { clamp } from './selection';

/** From frame `first` on (a fraction of one, as it may be), `span` frames. */
export interface Window {
  readonly first: number;
  readonly span: number;
}

/** So few frames fill the timeline at most. */
export const CLOSEST = 8;

export function all(frames: number): Window {
  return { first: 0, span: frames };
}

/** The window `factor` times as long, a frame of it staying where it is. */
export function zoom(window: Window, factor: number, around: number, frames: number): Window {
  const span = clamp(window.span * factor, Math.min(CLOSEST, frames), frames);
  const share = clamp((around - window.first) / window.span, 0, 1);
  return { first: clamp(around - share * span, 0, frames - span), span };
}

export function pan(window: Window, by: number, frames: number): Window {
  return { ...window, first: clamp(window.first + by, 0, frames - window.span) };
}

/** The window moved, if need be, so that it shows a frame. */
export function reveal(window: Window, frame: number, frames: number): Window {
  if (frame >= window.first && frame <= window.first + window.span) return window;
  return { ...window, first: clamp(frame - window.span / 2, 0, frames - window.span) };
}

/** The window around a range, with some room beside it. */
export function fit(start: number, end: number, frames: number): Window {
  const span = clamp((end - start) * 1.25, Math.min(CLOSEST, frames), frames);
  return { first: clamp((start + end - span) / 2, 0, frames - span), span };
}

export function zoomable(window: Window, frames: number): { in: boolean; out: boolean } {
  return { in: window.span > Math.min(CLOSEST, frames) * 1.001, out: window.span < frames * 0.999 };
}

/** Seconds between a ruler's marks, so that they lie at least `least` pixels apart. */
export function step(window: Window, rate: number, width: number, least: number): number {
  const seconds = ((window.span / rate) * least) / width;
  const frame = 1 / rate;
  if (seconds <= frame) return frame;
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  if (seconds < 0.1) return Math.ceil(seconds / frame) * frame;
  return steps.find((one) => one >= seconds) ?? 7200;
}

/** Tiles of a filmstrip: each shows one of `each` frames, a power of two, so that tiles stay when the window moves. */
export function tiles(window: Window, width: number, tile: number): { each: number; first: number; count: number } {
  const wanted = (window.span * tile) / width;
  const each = 2 ** Math.max(0, Math.floor(Math.log2(wanted) + 0.5));
  const first = Math.floor(window.first / each);
  return { each, first, count: Math.ceil((window.first + window.span) / each) - first };
}
