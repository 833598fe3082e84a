/** What the server has found in a media: shots, silences, how loud it is. It looks in the background, so they come bit
 * by bit. */

export interface Mark {
  kind: 'shot' | 'silence';
  frame: number;
  /** 0 for a point. */
  frames: number;
}

const SHOWN = 400;

export class Marks {
  all = $state.raw<Mark[]>([]);
  /** Counts what came. */
  version = $state(0);
  hasSound = $state(false);

  /** Peaks over a part of the media. */
  peaks = (first: number, span: number, count: number): (number | null)[] => {
    void [first, span];
    return Array.from({ length: count }, () => null);
  };

  /** Those that a part of the timeline shows; none if they are so many that they tell nothing. */
  within(first: number, span: number): Mark[] {
    const found = this.all.filter((one) => one.frame + one.frames >= first && one.frame <= first + span);
    return found.length > SHOWN ? [] : found;
  }

  /** Frames that an edge may hold on to: shots, and the ends of silences. */
  near(frame: number, reach: number): number[] {
    return this.all
      .flatMap((one) => (one.frames ? [one.frame, one.frame + one.frames] : [one.frame]))
      .filter((one) => Math.abs(one - frame) <= reach);
  }
}
