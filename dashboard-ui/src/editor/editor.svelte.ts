/** What is being cut: the selection, what the timeline shows of the media, where the playhead is. */

import type { Media } from '../api/types';
import * as hist from '../time/history';
import * as select from '../time/selection';
import type { Edge, Range, Selection } from '../time/selection';
import { Timebase } from '../time/timebase';
import * as windows from '../time/window';
import type { Window } from '../time/window';

const PARAMETER = 'ranges';
/** What was marked in media that were looked at before, while this page is open. */
const marked = new Map<string, string>();

export class Editor {
  readonly base: Timebase;
  selection = $state.raw<Selection>({ ranges: [], active: 0 });
  window = $state.raw<Window>({ first: 0, span: 1 });
  playhead = $state(0);
  /** What was done to what somebody asked for, to be seen and read aloud. */
  message = $state('');
  private history = $state.raw<hist.History<Selection>>(hist.begin({ ranges: [], active: 0 }));

  constructor(readonly media: Media) {
    this.base = Timebase.parse(media.rate ?? '25', media.frames ?? 1);
    const asked = new URLSearchParams(location.search).get(PARAMETER) ?? marked.get(media.id) ?? null;
    const told = select.read(asked, this.base);
    this.selection = told ?? select.whole(this.base);
    this.history = hist.begin(this.selection);
    this.window = windows.all(this.base.frames);
    if (told) this.showActive();
    this.playhead = this.active.start;
    this.write();
  }

  get active(): Range {
    return select.active(this.selection);
  }

  get isWhole(): boolean {
    const { start, end } = this.active;
    return this.selection.ranges.length === 1 && start === 0 && end === this.base.frames;
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  get zoomable(): { in: boolean; out: boolean } {
    return windows.zoomable(this.window, this.base.frames);
  }

  // Edges

  /** While a handle is dragged: nothing is remembered yet. */
  drag(edge: Edge, frame: number): void {
    this.selection = select.move(this.selection, edge, frame, this.base);
  }

  /** What was done is one step to go back. */
  commit(): void {
    if (select.equal(this.selection, this.history.now)) return;
    this.history = hist.record(this.history, this.selection);
    this.write();
  }

  nudge(edge: Edge, frames: number): void {
    this.message = '';
    this.drag(edge, this.active[edge] + frames);
    this.commit();
  }

  /** At the playhead: the frame that is seen is the first, or the last, that is kept. */
  setHere(edge: Edge): void {
    this.message = '';
    const frame = edge === 'start' ? this.playhead : this.playhead + 1;
    const before = this.active;
    this.change(select.put(this.selection, edge, frame, this.base));
    if (edge === 'start' && frame >= before.end) this.message = 'The end moved to the end of the video: it must lie after the start.';
    if (edge === 'end' && frame <= before.start) this.message = 'The start moved to the beginning: it must lie before the end.';
  }

  /** What somebody wrote into a field. False, and nothing changed, if it is no time. */
  type(edge: Edge, written: string): boolean {
    const frame = this.base.read(written);
    if (frame === null) {
      this.message = 'That is no time: write 75.2, 1:15.2, or a frame as #2256.';
      return false;
    }
    const { start, end } = this.active;
    this.message = '';
    this.change(select.move(this.selection, edge, frame, this.base));
    if (frame > this.base.frames) this.message = `The video ends at ${this.base.text(this.base.frames)}: the ${edge} was moved to ${this.base.text(this.active[edge])}.`;
    else if (edge === 'start' && frame >= end) this.message = `The start must lie before the end: it was moved to ${this.base.text(this.active.start)}.`;
    else if (edge === 'end' && frame <= start) this.message = `The end must lie after the start: it was moved to ${this.base.text(this.active.end)}.`;
    this.window = windows.reveal(this.window, this.active[edge], this.base.frames);
    return true;
  }

  // Ranges

  addRange(): void {
    const frames = Math.round(this.base.rate * 5);
    this.change(select.add(this.selection, this.playhead, frames, this.base));
  }

  removeRange(number: number): void {
    this.change(select.remove(this.selection, number));
  }

  activate(number: number): void {
    this.message = '';
    this.selection = select.activate(this.selection, number);
    this.window = windows.reveal(this.window, this.active.start, this.base.frames);
  }

  reorder(from: number, to: number): void {
    this.change(select.reorder(this.selection, from, to));
  }

  reset(): void {
    this.change(select.whole(this.base));
    this.showAll();
  }

  undo(): void {
    this.travel(hist.undo(this.history), 'Undone.');
  }

  redo(): void {
    this.travel(hist.redo(this.history), 'Done again.');
  }

  // What the timeline shows

  zoom(factor: number): void {
    const seen = this.playhead >= this.window.first && this.playhead <= this.window.first + this.window.span;
    const around = seen ? this.playhead + 0.5 : this.window.first + this.window.span / 2;
    this.window = windows.zoom(this.window, factor, around, this.base.frames);
  }

  pan(frames: number): void {
    this.window = windows.pan(this.window, frames, this.base.frames);
  }

  showAll(): void {
    this.window = windows.all(this.base.frames);
  }

  showActive(): void {
    this.window = windows.fit(this.active.start, this.active.end, this.base.frames);
  }

  reveal(frame: number): void {
    this.window = windows.reveal(this.window, frame, this.base.frames);
  }

  private change(selection: Selection): void {
    this.message = '';
    this.selection = selection;
    this.commit();
  }

  private travel(history: hist.History<Selection>, said: string): void {
    if (history === this.history) return;
    this.history = history;
    this.selection = history.now;
    this.message = said;
    this.reveal(this.active.start);
    this.write();
  }

  /** Into the page's address, so that a reload, or whoever is sent it, finds it again. */
  private write(): void {
    const query = new URLSearchParams(location.search);
    if (this.isWhole) query.delete(PARAMETER);
    else query.set(PARAMETER, select.write(this.selection.ranges, this.base));
    marked.set(this.media.id, query.get(PARAMETER) ?? '');
    const search = query.toString().replaceAll('%2C', ',');
    history.replaceState(history.state, '', search ? `?${search}` : location.pathname);
  }
}
