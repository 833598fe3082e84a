/** The video element: the whole media, or a preview of the clip; always on a frame that it was told. */

import type Hls from 'hls.js';

import { frames, within, write, type Range } from '../time/selection';
import type { Timebase } from '../time/timebase';

/** Plays `view`, a folder of the server's, or parts of it. Times are frames of the media in both. */
export class Playing {
  paused = $state(true);
  waiting = $state(false);
  /** The ranges that are previewed, one after another; null while the media itself is shown. */
  preview = $state.raw<readonly Range[] | null>(null);
  ended = $state(false);
  loop = $state(false);
  wrong = $state('');
  private hls: Hls | null = null;
  private video: HTMLVideoElement | null = null;
  private wanted: number | null = null;
  /** While a stream is loaded: the frame that is to be seen then. */
  private arriving: number | null = null;
  private turn = 0;

  constructor(
    private readonly view: string,
    private readonly base: Timebase,
    private readonly heard: (frame: number) => void,
  ) {}

  /** Play in an element, from a frame on; returns what ends it. */
  attach(video: HTMLVideoElement, frame: number): () => void {
    this.video = video;
    void this.load(null, frame);
    this.listen(video);
    return () => {
      this.turn += 1;
      this.hls?.destroy();
      this.video = null;
    };
  }

  toggle(): void {
    if (!this.video) return;
    if (this.arriving !== null) {
      this.paused = !this.paused; // an element that is given a stream forgets that it was to play
      return;
    }
    if (!this.video.paused) return this.video.pause();
    if (this.ended && this.preview) this.video.currentTime = 0;
    void this.video.play().catch(() => undefined);
  }

  /** Show a frame of the media. Asked again before it is there, the last one counts. */
  seek(frame: number): void {
    const { video } = this;
    if (!video) return;
    if (this.preview) {
      void this.load(null, frame);
      return;
    }
    this.ended = false;
    if (this.arriving !== null) {
      this.arriving = frame;
      return;
    }
    if (video.seeking) this.wanted = frame;
    else video.currentTime = this.base.middle(frame);
  }

  /** Play exactly the frames of ranges, as the clip of them will be. */
  async playOnly(ranges: readonly Range[]): Promise<void> {
    const loaded = this.load(ranges, 0);
    this.paused = false;
    await loaded;
  }

  leavePreview(frame: number): void {
    void this.load(null, frame);
  }

  /** False if something else was asked for meanwhile. */
  private async load(preview: readonly Range[] | null, frame: number): Promise<boolean> {
    const { video } = this;
    if (!video) return false;
    const turn = (this.turn += 1);
    const parts = preview ? `?parts=${write(preview, this.base)}` : '';
    const address = `${this.view}/video.m3u8${parts}`;
    video.pause();
    this.hls?.destroy();
    this.preview = preview;
    this.paused = true; // its own event is lost with the stream
    this.ended = false;
    this.wrong = '';
    this.wanted = null;
    this.arriving = frame;
    const at = () => (preview ? 0 : this.base.middle(this.arriving ?? frame));
    const { default: HlsPlayer } = await import('hls.js');
    if (turn !== this.turn) return false;
    if (!HlsPlayer.isSupported()) {
      video.src = address; // browsers that play HLS themselves
      video.currentTime = at();
      return this.arrive(video);
    }
    const hls = (this.hls = new HlsPlayer({ startPosition: at(), maxBufferLength: 12, capLevelToPlayerSize: true }));
    hls.on(HlsPlayer.Events.ERROR, (_, error) => {
      if (!error.fatal) return;
      if (error.type === HlsPlayer.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else this.wrong = `The video could not be loaded (${error.details}). Reload the page to try again.`;
    });
    hls.loadSource(address);
    hls.attachMedia(video);
    await new Promise<void>((resolve) => hls.once(HlsPlayer.Events.MANIFEST_PARSED, () => resolve()));
    if (turn !== this.turn) return false;
    video.currentTime = at(); // even 0: an element keeps what it was told before it had anything to play
    return this.arrive(video);
  }

  private arrive(video: HTMLVideoElement): boolean {
    this.arriving = null;
    if (!this.paused) void video.play().catch(() => (this.paused = true));
    return true;
  }

  private listen(video: HTMLVideoElement): void {
    const watch = () => {
      video.requestVideoFrameCallback?.((_, told) => {
        this.tell(told.mediaTime);
        if (this.video === video) watch();
      });
    };
    watch();
    video.addEventListener('play', () => ((this.paused = false), (this.ended = false), this.listenAlong(video)));
    video.addEventListener('pause', () => (this.paused = true));
    video.addEventListener('waiting', () => (this.waiting = true));
    video.addEventListener('playing', () => (this.waiting = false));
    video.addEventListener('seeking', () => (this.waiting = true));
    video.addEventListener('seeked', () => this.arrived(video));
    video.addEventListener('ended', () => this.over(video));
  }

  /** Sound alone has no frames to be told of. */
  private listenAlong(video: HTMLVideoElement): void {
    if (video.paused || this.video !== video) return;
    if (video.readyState && !video.videoWidth) this.tell(video.currentTime);
    requestAnimationFrame(() => this.listenAlong(video));
  }

  private arrived(video: HTMLVideoElement): void {
    this.waiting = false;
    if (this.wanted === null) return;
    const next = this.wanted;
    this.wanted = null;
    video.currentTime = this.base.middle(next);
  }

  private over(video: HTMLVideoElement): void {
    if (this.preview && this.loop) {
      video.currentTime = 0;
      void video.play().catch(() => undefined);
    } else {
      this.ended = true;
      video.pause();
    }
  }

  /** The last frame of a preview is seen: it ends when that has been shown, whether the player says so or not (hls.js
   * sometimes waits for sound that is two milliseconds shorter than the picture). */
  private closing(video: HTMLVideoElement): void {
    const { turn } = this;
    const end = this.base.seconds(frames(this.preview ?? []) - 1.5);
    setTimeout(() => {
      if (turn === this.turn && !video.paused && !video.ended && video.currentTime > end) this.over(video);
    }, this.base.seconds(1) * 1000 + 120);
  }

  /** A frame is seen: which one of the media's? While it is sought, what was asked for counts, not what passes: nor
   * the frame of a seek that has ended, while the next one only waits for that to be told. */
  private tell(mediaTime: number): void {
    if (this.video?.seeking || this.wanted !== null || this.arriving !== null) return;
    const frame = this.base.shownAt(mediaTime + this.base.seconds(1) / 4);
    if (this.preview && this.video && frame >= frames(this.preview) - 1) this.closing(this.video);
    this.heard(this.preview ? within(this.preview, frame) : frame);
  }
}
