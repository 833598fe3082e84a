/** Files on their way: each is cut into parts, and goes on where a broken connection left it. */

import { acting, ApiError, call, messageOf } from '../api/client';
import { get } from '../api/media';
import type { Policy } from '../api/types';
import { changes } from '../changes.svelte';

const PART = 8 << 20; // bytes: a multiple of 256 KiB
const AT_ONCE = 3;
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before each further try

export type UploadState = 'queued' | 'sending' | 'paused' | 'retrying' | 'done' | 'failed' | 'cancelled';

export class Upload {
  state = $state<UploadState>('queued');
  sent = $state(0);
  /** Bytes a second, lately. */
  speed = $state(0);
  message = $state('');
  /** What becomes of it: the upload's id is its media's. */
  media = $state('');
  private readonly actor = acting();
  private running: Promise<void> = Promise.resolve();
  private address = '';
  private request: XMLHttpRequest | null = null;
  private wake: (() => void) | null = null;

  constructor(
    readonly file: File,
    readonly policy: Policy,
  ) {}

  get isOpen(): boolean {
    return this.state === 'queued' || this.state === 'sending' || this.state === 'paused' || this.state === 'retrying';
  }

  pause(): void {
    if (this.state !== 'sending' && this.state !== 'retrying' && this.state !== 'queued') return;
    this.state = 'paused';
    this.request?.abort();
    this.wake?.();
  }

  resume(): void {
    if (this.state !== 'paused' && this.state !== 'failed') return;
    if (this.sent === this.file.size) this.address = ''; // all of it was taken, and was no video: begin anew
    if (!this.address) this.sent = 0;
    this.state = 'queued';
  }

  async cancel(): Promise<void> {
    this.state = 'cancelled';
    this.request?.abort();
    this.wake?.();
    await this.running; // it may just be getting its id
    if (this.media) {
      await call('PUT', `/v1/on-demand/upload/${this.media}/cancel`, { as: this.actor }).catch(() => undefined);
    }
  }

  /** Send what is left. Ends when it is whole, paused, cancelled or given up. */
  run(): Promise<void> {
    this.state = 'sending';
    this.running = this.running.then(() => this.send()); // what was paused ends before it goes on
    return this.running;
  }

  private async send(): Promise<void> {
    if (this.state !== 'sending') return;
    if (!this.file.size) {
      this.state = 'failed';
      this.message = 'This file is empty.';
      return;
    }
    this.message = '';
    for (let tries = 0; this.state === 'sending'; ) {
      const before = this.sent;
      try {
        await this.go();
        if (this.state === 'sending') {
          this.state = 'done';
          void this.follow();
        }
        changes.tell();
        return;
      } catch (error) {
        if (this.state !== 'sending') return;
        tries = this.sent > before ? 0 : tries;
        const isFinal = error instanceof Refused || (error instanceof ApiError && error.status >= 400 && error.status < 500);
        if (isFinal || tries >= PAUSES.length) {
          this.state = 'failed';
          this.message = messageOf(error);
          return;
        }
        await this.rest(PAUSES[tries] ?? 30, messageOf(error));
        tries += 1;
      }
    }
  }

  private async go(): Promise<void> {
    if (!this.address) await this.begin();
    else this.sent = await this.known();
    while (this.sent < this.file.size && this.state === 'sending') {
      const end = Math.min(this.sent + PART, this.file.size);
      const range = `bytes ${this.sent}-${end - 1}/${this.file.size}`;
      this.sent = await this.put(this.file.slice(this.sent, end), range, this.sent);
    }
  }

  /** What becomes of it: a file that is no video is only found out when all of it is there. */
  private async follow(): Promise<void> {
    for (let tries = 0; tries < 120; tries += 1) {
      const media = await get(this.media, this.actor).catch(() => null);
      if (!media || media.status === 'ready') return;
      if (media.status === 'failed') {
        this.state = 'failed';
        this.message = media.error?.message ?? '';
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  private async begin(): Promise<void> {
    const pushMediaSettings = {
      title: this.file.name,
      accessPolicy: this.policy === 'public' ? 'public' : 'private',
    };
    const body = { corsOrigin: location.origin, pushMediaSettings };
    const made = await call<{ data: { uploadId: string; url: string } }>('POST', '/v1/on-demand/upload', {
      body,
      as: this.actor,
    });
    this.media = made.data.uploadId;
    const url = new URL(made.data.url);
    // To the host that this page came from, whatever the public address is: the policy of the page allows no other.
    this.address = `${url.pathname}${url.search}&upload_id=${this.media}`;
  }

  /** How much the server has on disk. */
  private known(): Promise<number> {
    return this.put(new Blob([]), `bytes */${this.file.size}`, 0);
  }

  /** Send a part that begins at a byte; returns how far the server is. */
  private put(part: Blob, range: string, from: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      const began = performance.now();
      request.open('PUT', this.address);
      request.setRequestHeader('Content-Range', range);
      request.upload.onprogress = (event) => {
        if (!part.size) return;
        this.sent = from + Math.min(event.loaded, part.size);
        this.speed = (event.loaded / (performance.now() - began)) * 1000;
      };
      request.onload = () => {
        if (request.status === 200 || request.status === 201) return resolve(this.file.size);
        if (request.status === 308) return resolve(after(request.getResponseHeader('Range')));
        const told = `The server answered ${request.status}${detail(request.responseText)}.`;
        reject(request.status >= 400 && request.status < 500 && request.status !== 429 ? new Refused(told) : new Error(told));
      };
      request.onerror = () => reject(new Error('The connection broke.'));
      request.onabort = () => reject(new Error('stopped'));
      request.timeout = 120_000;
      request.ontimeout = () => reject(new Error('The server is too slow to answer.'));
      request.send(part);
    });
  }

  private async rest(seconds: number, why: string): Promise<void> {
    this.state = 'retrying';
    this.message = `${why} Trying again in ${seconds} s.`;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, seconds * 1000);
    });
    if (this.state === 'retrying') {
      this.state = 'sending';
      this.message = '';
    }
  }
}

/** What another try won't change. */
class Refused extends Error {}

class Queue {
  all = $state<Upload[]>([]);
  /** Who may watch what is added, dropped on the page or chosen. */
  policy = $state<Policy>('public');

  add(files: Iterable<File>): void {
    const added = [...files].map((file) => new Upload(file, this.policy));
    this.all = [...this.all, ...added];
    this.pump();
  }

  resume(upload: Upload): void {
    upload.resume();
    this.pump();
  }

  /** Nothing more is sent by who has signed out. */
  stop(): void {
    for (const one of this.all) one.pause();
    this.all = [];
  }

  clear(): void {
    this.all = this.all.filter((one) => one.isOpen);
  }

  get open(): number {
    return this.all.filter((one) => one.isOpen).length;
  }

  private pump(): void {
    const busy = this.all.filter((one) => one.state === 'sending' || one.state === 'retrying').length;
    for (const next of this.all.filter((one) => one.state === 'queued').slice(0, Math.max(0, AT_ONCE - busy))) {
      void next.run().finally(() => this.pump());
    }
  }
}

function after(range: string | null): number {
  const match = /^bytes=0-(\d+)$/.exec(range ?? '');
  return match ? Number(match[1]) + 1 : 0;
}

function detail(text: string): string {
  try {
    const told = (JSON.parse(text) as { error?: { message?: string } }).error?.message;
    return told ? `: ${told}` : '';
  } catch {
    return '';
  }
}

export const queue = new Queue();
