/** Short messages that come and go, and are read aloud. */

interface Notice {
  id: number;
  text: string;
  kind: 'done' | 'wrong';
}

class Notices {
  shown = $state<Notice[]>([]);
  private next = 0;

  say(text: string, kind: Notice['kind'] = 'done'): void {
    const id = (this.next += 1);
    this.shown = [...this.shown.filter((one) => one.text !== text), { id, text, kind }].slice(-3);
    setTimeout(() => this.dismiss(id), kind === 'done' ? 4000 : 10_000);
  }

  wrong(error: unknown): void {
    this.say(error instanceof Error ? error.message : String(error), 'wrong');
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }
}

export const notices = new Notices();
