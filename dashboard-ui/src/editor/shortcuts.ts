/** Keys that act on the page, unless they are meant for what has the focus. */

import type { Editor } from './editor.svelte';
import type { Playing } from './playing.svelte';

export interface Acts {
  jump: (frame: number) => void;
  preview: () => void;
  help: () => void;
}

const WRITTEN_IN = 'input:not([type=range], [type=radio], [type=checkbox]), select, textarea';

export function shortcuts(editor: Editor, playing: Playing, acts: Acts): (event: KeyboardEvent) => void {
  const { base } = editor;
  const second = Math.round(base.rate);
  const step = (by: number) => acts.jump(Math.min(Math.max(editor.playhead + by, 0), base.frames - 1));
  const keys: Record<string, () => void> = {
    ' ': () => playing.toggle(),
    ',': () => step(-1),
    '.': () => step(1),
    ArrowLeft: () => step(-second),
    ArrowRight: () => step(second),
    i: () => editor.setHere('start'),
    o: () => editor.setHere('end'),
    I: () => acts.jump(editor.active.start),
    O: () => acts.jump(editor.active.end - 1),
    p: acts.preview,
    n: () => editor.addRange(),
    '+': () => editor.zoom(0.5),
    '=': () => editor.zoom(0.5),
    '-': () => editor.zoom(2),
    '?': acts.help,
    Escape: () => playing.preview && playing.leavePreview(editor.playhead),
  };

  return (event) => {
    const target = event.target as HTMLElement;
    if (document.querySelector('dialog[open]') || target.closest(WRITTEN_IN)) return;
    const isSlider = target.closest('input') !== null;
    if (isSlider && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    const isButton = target.closest('button, a, summary, label, input') !== null;
    const act = (event.ctrlKey || event.metaKey) && !event.altKey ? history(editor, event) : keys[named(event)];
    if (!act || event.altKey || (event.key === ' ' && isButton)) return;
    event.preventDefault();
    act();
  };
}

function history(editor: Editor, event: KeyboardEvent): (() => void) | null {
  const told = event.key.toLowerCase();
  if (told === 'z') return event.shiftKey ? () => editor.redo() : () => editor.undo();
  return told === 'y' ? () => editor.redo() : null;
}

/** A letter by Shift alone, whatever Caps Lock says. */
function named(event: KeyboardEvent): string {
  if (!/^[a-z]$/i.test(event.key)) return event.key;
  return event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
}
