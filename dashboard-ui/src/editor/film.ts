/** Pictures for the filmstrip: fetched a few at a time, those that are wanted now first, and kept. */

const AT_ONCE = 4;
const KEPT = 600;

interface Tile {
  each: number;
  number: number;
}

export class Film {
  private readonly have = new Map<string, ImageBitmap>();
  private readonly underway = new Map<string, AbortController>();
  private wanted: Tile[] = [];
  private rests = false;
  private ended = false;
  /** Tiles that there will be no picture of. */
  private readonly failed = new Set<string>();

  constructor(
    private readonly view: string,
    private readonly height: number,
    private readonly frames: number,
    private readonly heard: () => void,
  ) {}

  /** Say which tiles are looked at; the others are no longer waited for. */
  want(tiles: Tile[]): void {
    const names = new Set(tiles.map(name));
    for (const [key, request] of this.underway) {
      if (!names.has(key)) request.abort();
    }
    this.wanted = tiles.filter((tile) => !this.have.has(name(tile)) && !this.failed.has(name(tile)));
    this.pump();
  }

  /** A tile's picture, or for the time being one of a coarser tile that holds it. */
  get(tile: Tile): ImageBitmap | null {
    for (let { each, number } = tile; each <= this.frames * 2; each *= 2, number = Math.floor(number / 2)) {
      const found = this.have.get(name({ each, number }));
      if (found) return found;
    }
    return null;
  }

  end(): void {
    this.ended = true;
    this.wanted = [];
    for (const request of this.underway.values()) request.abort();
    for (const bitmap of this.have.values()) bitmap.close();
    this.have.clear();
  }

  private pump(): void {
    if (this.rests) return;
    for (const tile of this.wanted) {
      if (this.underway.size >= AT_ONCE) return;
      if (!this.underway.has(name(tile)) && !this.have.has(name(tile))) void this.fetch(tile);
    }
  }

  private async fetch(tile: Tile): Promise<void> {
    const request = new AbortController();
    this.underway.set(name(tile), request);
    const frame = Math.min(tile.number * tile.each, this.frames - 1);
    const address = `${this.view}/frames/${frame}.jpg?height=${this.height}&within=${tile.each - 1}`;
    try {
      const response = await fetch(address, { signal: request.signal });
      if (response.ok) this.keep(tile, await createImageBitmap(await response.blob()));
      else if (response.status !== 429 && response.status !== 503) this.failed.add(name(tile));
      else await this.rest(Number(response.headers.get('Retry-After') ?? 2));
    } catch {
      // no longer wanted, or no server: what is wanted then is asked for again
    }
    this.underway.delete(name(tile));
    this.wanted = this.wanted.filter((one) => name(one) !== name(tile));
    this.pump();
  }

  private keep(tile: Tile, bitmap: ImageBitmap): void {
    if (this.ended) return bitmap.close();
    this.have.set(name(tile), bitmap);
    while (this.have.size > KEPT) {
      const [oldest] = this.have.keys();
      if (oldest === undefined) break;
      this.have.get(oldest)?.close();
      this.have.delete(oldest);
    }
    this.heard();
  }

  private async rest(seconds: number): Promise<void> {
    this.rests = true;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    this.rests = false;
    if (!this.ended) this.heard();
  }
}

function name({ each, number }: Tile): string {
  return `${each}:${number}`;
}
