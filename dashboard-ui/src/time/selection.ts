/** Ranges of frames that are to become clips, and what may be done to them. Pure: every change is a new value. */

import type { Timebase } from './timebase';

/** The frames `[start, end)`: never empty, never outside the media. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Selection {
  readonly ranges: readonly Range[];
  /** Which range the handles are on. */
  readonly active: number;
}

export type Edge = 'start' | 'end';

export function whole(base: Timebase): Selection {
  return { ranges: [{ start: 0, end: base.frames }], active: 0 };
}

export function active(selection: Selection): Range {
  return selection.ranges[selection.active] ?? { start: 0, end: 1 };
}

/** Put an edge on a frame, as near as the other edge and the media's ends allow. */
export function move(selection: Selection, edge: Edge, frame: number, base: Timebase): Selection {
  const { start, end } = active(selection);
  const moved =
    edge === 'start'
      ? { start: clamp(Math.round(frame), 0, end - 1), end }
      : { start, end: clamp(Math.round(frame), start + 1, base.frames) };
  return withActive(selection, moved);
}

/** Put an edge where somebody points at: an edge that would cross the other takes that along, one frame long. */
export function put(selection: Selection, edge: Edge, frame: number, base: Timebase): Selection {
  const { start, end } = active(selection);
  if (edge === 'start') {
    const at = clamp(frame, 0, base.frames - 1);
    return withActive(selection, { start: at, end: at < end ? end : base.frames });
  }
  const at = clamp(frame, 1, base.frames);
  return withActive(selection, { start: at > start ? start : 0, end: at });
}

/** Another range, from a frame on, in what is free there. */
export function add(selection: Selection, frame: number, frames: number, base: Timebase): Selection {
  const start = clamp(frame, 0, base.frames - 1);
  const range = { start, end: clamp(start + frames, start + 1, base.frames) };
  return { ranges: [...selection.ranges, range], active: selection.ranges.length };
}

export function remove(selection: Selection, number: number): Selection {
  if (selection.ranges.length < 2) return selection;
  const ranges = selection.ranges.filter((_, at) => at !== number);
  const next = selection.active > number ? selection.active - 1 : Math.min(selection.active, ranges.length - 1);
  return { ranges, active: next };
}

export function activate(selection: Selection, number: number): Selection {
  return { ...selection, active: clamp(number, 0, selection.ranges.length - 1) };
}

/** Move a range in the order, which is the order that they are joined in. */
export function reorder(selection: Selection, from: number, to: number): Selection {
  const ranges = [...selection.ranges];
  const [taken] = ranges.splice(from, 1);
  if (!taken || to < 0 || to > ranges.length) return selection;
  ranges.splice(to, 0, taken);
  return { ranges, active: to };
}

/** How many frames ranges hold together. */
export function frames(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The media's frame that is shown at a frame of ranges that play one after another. */
export function within(ranges: readonly Range[], frame: number): number {
  let left = frame;
  for (const { start, end } of ranges) {
    if (left < end - start) return start + left;
    left -= end - start;
  }
  return (ranges.at(-1)?.end ?? 1) - 1;
}

export function equal(one: Selection, other: Selection): boolean {
  return (
    one.active === other.active &&
    one.ranges.length === other.ranges.length &&
    one.ranges.every((range, at) => range.start === other.ranges[at]?.start && range.end === other.ranges[at]?.end)
  );
}

/** As addresses carry it: "75.2-80.04,90-95.5". */
export function write(ranges: readonly Range[], base: Timebase): string {
  return ranges.map((range) => `${base.wire(range.start)}-${base.wire(range.end)}`).join(',');
}

/** Null for what makes no sense; what lies outside the media is cut. */
export function read(written: string | null, base: Timebase): Selection | null {
  const ranges: Range[] = [];
  for (const part of written ? written.split(',') : []) {
    const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(part);
    if (!match) return null;
    const start = Math.max(base.edgeAt(Number(match[1])), 0);
    const end = clamp(base.edgeAt(Number(match[2])), 0, base.frames);
    if (end > start) ranges.push({ start, end });
  }
  return ranges.length ? { ranges, active: 0 } : null;
}

/** Of some frames the nearest one, if it is nearer than `reach`. */
export function nearest(frame: number, candidates: readonly number[], reach: number): number | null {
  let best: number | null = null;
  for (const one of candidates) {
    if (Math.abs(one - frame) < (best === null ? reach : Math.abs(best - frame))) best = one;
  }
  return best;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function withActive(selection: Selection, range: Range): Selection {
  return { ...selection, ranges: selection.ranges.map((one, at) => (at === selection.active ? range : one)) };
}
