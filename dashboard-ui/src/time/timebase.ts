/** Frames, seconds and what people write for them. A time is a frame of the media's grid: exact, never rounded. */

/** Half of what the server takes for the same time: a range's edge may be written with three decimals. */
const SLACK = 0.001;

export class Timebase {
  /** `rate` is frames a second, as "30000/1001" or "25". */
  static parse(rate: string, frames: number): Timebase {
    const [numerator, denominator] = rate.split('/').map(Number);
    return new Timebase(numerator ?? 25, denominator ?? 1, frames);
  }

  constructor(
    readonly numerator: number,
    readonly denominator: number,
    readonly frames: number,
  ) {}

  get rate(): number {
    return this.numerator / this.denominator;
  }

  get duration(): number {
    return this.seconds(this.frames);
  }

  /** Where a frame begins. */
  seconds(frame: number): number {
    return (frame * this.denominator) / this.numerator;
  }

  /** Where to seek to see a frame: its middle. */
  middle(frame: number): number {
    return this.seconds(frame + 0.5);
  }

  /** The frame that is shown at a time. */
  shownAt(seconds: number): number {
    const frame = Math.floor((seconds * this.numerator) / this.denominator + 1e-6);
    return Math.min(Math.max(frame, 0), this.frames - 1);
  }

  /** The first frame that begins at a time or after it, as the server counts: what an edge there means. */
  edgeAt(seconds: number): number {
    return Math.max(0, Math.ceil(((seconds - SLACK) * this.numerator) / this.denominator - 1e-9));
  }

  /** Seconds as the API takes them, exact enough that no frame is lost or won. */
  wire(frame: number): string {
    return this.seconds(frame)
      .toFixed(6)
      .replace(/\.?0+$/, '');
  }

  /** "1:15.200", "1:02:03.040". */
  text(frame: number): string {
    return clock(this.seconds(frame));
  }

  /** What somebody wrote: seconds, a clock time or "#2256". Null if it is none of these. */
  read(written: string): number | null {
    const told = written.trim();
    const frame = /^#\s*(\d{1,9})$/.exec(told);
    if (frame) return Number(frame[1]);
    const match = /^(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,7}(?:[.,]\d{0,9})?|[.,]\d{1,9})$/.exec(told);
    if (!match) return null;
    const seconds = Number((match[3] ?? '').replace(',', '.'));
    return this.edgeAt(Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + seconds);
  }
}

export function clock(seconds: number, decimals = 3): string {
  const scale = 10 ** decimals;
  const units = Math.round(Math.max(0, seconds) * scale);
  const whole = Math.floor(units / scale);
  const fraction = decimals ? `.${String(units % scale).padStart(decimals, '0')}` : '';
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, '0')}${fraction}`;
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** "1 h 2 min", "3 min 4 s", "4.2 s": a length, for people. */
export function length(seconds: number): string {
  if (seconds >= 10) seconds = Math.round(seconds);
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2).replace(/0+$/, '').replace(/\.$/, '') : seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
