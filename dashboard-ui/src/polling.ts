/** Asking again and again while a page is looked at. */

/** Calls `work` now and `pause()` milliseconds after each answer; not while the page is hidden. Returns what ends it. */
export function poll(work: () => Promise<unknown>, pause: () => number): () => void {
  let ended = false;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = async () => {
    clearTimeout(timer);
    if (ended || busy || document.hidden) return;
    busy = true;
    await work().catch(() => undefined);
    busy = false;
    if (!ended) timer = setTimeout(turn, pause());
  };
  document.addEventListener('visibilitychange', turn);
  void turn();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', turn);
  };
}
