/** Counts what this page has added to the library, so that lists look again at once. */

class Changes {
  count = $state(0);

  tell(): void {
    this.count += 1;
  }
}

export const changes = new Changes();
