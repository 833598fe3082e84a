/** Clips that were asked for here: each asked for once, and followed until it is ready. */

import { acting, ApiError, messageOf } from '../api/client';
import { clip, get } from '../api/media';
import type { Media, Policy } from '../api/types';
import { isUnderway } from '../api/types';
import type { Range } from '../time/selection';
import type { Timebase } from '../time/timebase';

export class Making {
  media = $state.raw<Media | null>(null);
  wrong = $state('');
  field = $state('');
  busy = $state(true);
  /** Milliseconds from the request to ready. */
  took = $state(0);
  private readonly actor = acting();

  constructor(
    readonly title: string,
    readonly what: string,
    private readonly ask: (as: string) => Promise<Media>,
  ) {}

  async run(): Promise<void> {
    this.busy = true;
    this.wrong = this.field = '';
    const began = performance.now();
    try {
      this.media = await this.ask(this.actor);
      await this.follow();
      this.took = performance.now() - began;
    } catch (error) {
      this.wrong = messageOf(error);
      this.field = error instanceof ApiError ? (error.field ?? '') : '';
    }
    this.busy = false;
  }

  private async follow(): Promise<void> {
    for (let pause = 80; this.media && isUnderway(this.media); pause = Math.min(1000, pause * 1.4)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        this.media = await get(this.media.id, this.actor);
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 401)) throw error;
        // no answer just now: it is made all the same, and asked for again
      }
    }
  }
}

export interface Wish {
  source: Media;
  base: Timebase;
  /** One clip of each, or one of all. */
  ranges: readonly Range[];
  joined: boolean;
  policy: Policy;
  title: string;
}

export class Creating {
  all = $state<Making[]>([]);
  /** What was asked for last: asking for the very same again is one press too many. */
  private asked = $state('');
  private readonly keys = new Map<string, string>();

  get busy(): boolean {
    return this.all.some((one) => one.busy);
  }

  isAsked(wish: Wish): boolean {
    return this.asked === spell(wish);
  }

  create(wish: Wish): void {
    if (this.busy || this.isAsked(wish)) return;
    this.asked = spell(wish);
    const groups = wish.joined ? [wish.ranges] : wish.ranges.map((range) => [range]);
    const made = groups.map((group, at) => this.making(wish, group, groups.length > 1 ? ` (${at + 1})` : ''));
    this.all = [...made, ...this.all];
    void this.runAll(made);
  }

  private async runAll(made: Making[]): Promise<void> {
    await Promise.all(made.map((one) => one.run()));
    if (made.some((one) => one.wrong)) this.asked = '';
  }

  private making(wish: Wish, group: readonly Range[], suffix: string): Making {
    const { base } = wish;
    const told = group.map(({ start, end }) => ({ start: base.wire(start), end: base.wire(end) }));
    const what = group.map(({ start, end }) => `${base.text(start)} – ${base.text(end)}`).join(', ');
    const title = wish.title ? wish.title + suffix : `${wish.source.title || 'Clip'} (${shorter(what)})`;
    // While this page is open the same wish has the same key: neither a lost answer nor a second press makes it twice.
    const name = `${spell(wish)} ${what}`;
    const key = this.keys.get(name) ?? random();
    this.keys.set(name, key);
    return new Making(title, what, (as) => clip(wish.source.id, told, wish.policy, title, key, as));
  }
}

function spell(wish: Wish): string {
  return JSON.stringify([wish.ranges, wish.joined, wish.policy, wish.title]);
}

function shorter(what: string): string {
  return what.length > 60 ? `${what.slice(0, 60)}…` : what;
}

function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
