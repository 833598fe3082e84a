/** What the server has found in a media: shots, silences, how loud it is. It looks in the background, so they come bit
 * by bit. */

import { call } from '../api/client';
import { poll } from '../polling';

export interface Mark {
  kind: 'shot' | 'silence';
  frame: number;
  /** 0 for a point. */
  frames: number;
}

interface Survey {
  known: number;
  shots: number[];
  silences: [number, number][];
  hasSound: boolean;
}

const SHOWN = 300;
const FLOOR = -48; // decibels that are drawn as nothing

export class Marks {
  all = $state.raw<Mark[]>([]);
  /** Counts what came, to be drawn. */
  version = $state(0);
  hasSound = $state(false);
  known = $state(0);
  private levels: (number | null)[] = [];
  private first = 0;
  private span = 1;
  private wanted: { first: number; span: number };
  private asking: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly id: string,
    frames: number,
  ) {
    this.wanted = { first: 0, span: frames };
  }

  /** Look for them while the page is seen; returns what ends it. */
  follow(): () => void {
    const ended = poll(
      () => this.look(),
      () => (this.known < 1 ? 1500 : 3_600_000),
    );
    return () => {
      ended();
      clearTimeout(this.timer);
      this.asking?.abort();
    };
  }

  /** Say which part is looked at: how loud it is there is asked for when it has stood still for a moment. */
  want(first: number, span: number): void {
    if (first === this.wanted.first && span === this.wanted.span) return;
    this.wanted = { first, span };
    clearTimeout(this.timer);
    if (this.hasSound) this.timer = setTimeout(() => void this.listen(), 120);
  }

  /** Heights, 0 to 1, of `count` bars over a part of the media; null where none is known. */
  peaks = (first: number, span: number, count: number): (number | null)[] => {
    const each = this.span / this.levels.length;
    return Array.from({ length: count }, (_, at) => {
      const start = Math.floor((first + (at * span) / count - this.first) / each);
      const end = Math.max(start + 1, Math.ceil((first + ((at + 1) * span) / count - this.first) / each));
      let peak: number | null = null;
      for (const told of this.levels.slice(Math.max(0, start), Math.max(0, end))) {
        if (told !== null && (peak === null || told > peak)) peak = told;
      }
      return peak === null ? null : Math.max(0, (peak - FLOOR) / -FLOOR) ** 1.4;
    });
  };

  /** Those that a part of the timeline shows; shots are left out where they are so many that they tell nothing. */
  within(first: number, span: number): Mark[] {
    const found = this.all.filter((one) => one.frame + one.frames >= first && one.frame <= first + span);
    return found.length > SHOWN ? found.filter((one) => one.frames > span / 100) : found;
  }

  /** Frames that an edge may hold on to: shots, and the ends of silences. */
  near(frame: number, reach: number): number[] {
    const found: number[] = [];
    for (const one of this.all) {
      if (Math.abs(one.frame - frame) <= reach) found.push(one.frame);
      if (one.frames && Math.abs(one.frame + one.frames - frame) <= reach) found.push(one.frame + one.frames);
    }
    return found;
  }

  private async look(): Promise<void> {
    const told = await call<Survey>('GET', `/api/v1/media/${this.id}/survey`);
    const marks = [
      ...told.shots.map((frame): Mark => ({ kind: 'shot', frame, frames: 0 })),
      ...told.silences.map(([start, end]): Mark => ({ kind: 'silence', frame: start, frames: end - start })),
    ];
    if (told.known !== this.known || marks.length !== this.all.length) {
      this.all = marks;
      this.known = told.known;
      this.hasSound = told.hasSound;
      this.version += 1;
      if (told.hasSound) await this.listen();
    }
  }

  private async listen(): Promise<void> {
    const { first, span } = this.wanted;
    this.asking?.abort();
    const request = (this.asking = new AbortController());
    const query = `first=${Math.max(0, first)}&frames=${span}&points=1200`;
    try {
      const told = await call<{ levels: (number | null)[] }>('GET', `/api/v1/media/${this.id}/levels?${query}`, {
        signal: request.signal,
      });
      this.levels = told.levels;
      this.first = first;
      this.span = span;
      this.version += 1;
    } catch {
      // another part is asked for by now, or the next look will tell
    }
  }
}
