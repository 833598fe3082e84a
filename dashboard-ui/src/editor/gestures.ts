/** Fingers, mouse and wheel on the timeline: a press moves the playhead; two fingers, or the wheel, zoom and move it. */

import { clamp } from '../time/selection';

export interface Moves {
  /** To where a finger is, in pixels of the page. */
  scrub: (clientX: number) => void;
  /** How many times as much is seen. */
  zoom: (factor: number) => void;
  /** By so many pixels. */
  pan: (pixels: number) => void;
}

interface Pair {
  distance: number;
  middle: number;
}

const CLOSEST = 8; // pixels: fingers that are nearer count as this far apart
const LINE = 20; // pixels of a wheel that counts lines
const WHEEL = 0.004; // how fast the wheel zooms

export class Gestures {
  private fingers = new Map<number, number>();
  private tapped = false; // one finger, which may become a pair: it moves the playhead when it moves, or is lifted
  private pinch: Pair | null = null;

  constructor(private readonly moves: Moves) {}

  press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event.clientX);
    if (this.fingers.size === 2) this.pinch = this.between();
    this.tapped = this.fingers.size === 1 && event.pointerType === 'touch';
    if (!this.tapped && !this.pinch) this.moves.scrub(event.clientX);
  };

  move = (event: PointerEvent): void => {
    if (!this.fingers.has(event.pointerId)) return;
    this.fingers.set(event.pointerId, event.clientX);
    this.tapped = false;
    if (this.pinch) this.squeeze(this.pinch);
    else this.moves.scrub(event.clientX);
  };

  lift = (event: PointerEvent): void => {
    if (this.tapped) this.moves.scrub(event.clientX);
    this.tapped = false;
    this.fingers.delete(event.pointerId);
    if (this.fingers.size < 2) this.pinch = null;
    if (this.fingers.size === 1) this.fingers.clear(); // the finger that is left doesn't jump
  };

  wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.moves.pan((event.deltaX || event.deltaY) * lines);
    } else {
      this.moves.zoom(Math.exp(clamp(event.deltaY * lines, -120, 120) * WHEEL));
    }
  };

  /** What both fingers do together moves it. */
  private squeeze(before: Pair): void {
    const now = (this.pinch = this.between());
    this.moves.zoom(before.distance / now.distance);
    this.moves.pan(before.middle - now.middle);
  }

  private between(): Pair {
    const [one = 0, other = 0] = [...this.fingers.values()];
    return { distance: Math.max(CLOSEST, Math.abs(one - other)), middle: (one + other) / 2 };
  }
}
