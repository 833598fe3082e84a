/** Light or dark: as the system says, unless somebody chose. */

const KEPT = 'inpoint-theme';

class Theme {
  readonly all = ['auto', 'light', 'dark'] as const;
  private told = $state(localStorage.getItem(KEPT) ?? 'auto');

  constructor() {
    this.show();
  }

  get chosen(): string {
    return this.told;
  }

  set chosen(value: string) {
    this.told = value;
    localStorage.setItem(KEPT, value);
    this.show();
  }

  private show(): void {
    if (this.told === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.told;
  }
}

export const theme = new Theme();
