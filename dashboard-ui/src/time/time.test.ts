import { describe, expect, it } from 'vitest';

import { begin, record, redo, undo } from './history';
import { add, move, nearest, put, read, remove, reorder, whole, within, write } from './selection';
import { clock, Timebase } from './timebase';
import { CLOSEST, all, fit, pan, reveal, step, tiles, zoom, zoomable } from './window';

const ntsc = Timebase.parse('30000/1001', 215_784); // two hours
const pal = Timebase.parse('25', 3000);

describe('a timebase', () => {
  it('finds every frame again by what it writes of it', () => {
    for (const base of [ntsc, pal, Timebase.parse('60000/1001', 1000), Timebase.parse('24000/1001', 5000)]) {
      for (let frame = 0; frame <= base.frames; frame += frame < 2000 ? 1 : 997) {
        expect(base.read(base.text(frame))).toBe(frame);
        expect(base.edgeAt(Number(base.wire(frame)))).toBe(frame);
        if (frame < base.frames) expect(base.shownAt(base.middle(frame))).toBe(frame);
      }
    }
  });

  it('reads seconds, clock times and frames', () => {
    expect(pal.read('75.2')).toBe(1880);
    expect(pal.read('1:15.2')).toBe(1880);
    expect(pal.read(' 1:15,2 ')).toBe(1880);
    expect(pal.read('0:01:15.2')).toBe(1880);
    expect(pal.read('#2256')).toBe(2256);
    expect(pal.read('.04')).toBe(1);
    expect(pal.read('75.21')).toBe(1881); // the first frame at or after it
    for (const wrong of ['', 'abc', '1:2:3:4', '-1', '#', '1e3', '#1.5', '1:75:']) expect(pal.read(wrong)).toBeNull();
  });

  it('writes clock times', () => {
    expect(clock(0)).toBe('0:00.000');
    expect(clock(59.9996)).toBe('1:00.000');
    expect(clock(3723.04)).toBe('1:02:03.040');
    expect(clock(61, 0)).toBe('1:01');
  });
});

describe('a selection', () => {
  it('has edges that cannot cross, nor leave the media', () => {
    let one = move(whole(pal), 'start', 100, pal);
    one = move(one, 'end', 200, pal);
    expect(move(one, 'start', 500, pal).ranges[0]).toEqual({ start: 199, end: 200 });
    expect(move(one, 'start', -5, pal).ranges[0]).toEqual({ start: 0, end: 200 });
    expect(move(one, 'end', 50, pal).ranges[0]).toEqual({ start: 100, end: 101 });
    expect(move(one, 'end', 9999, pal).ranges[0]).toEqual({ start: 100, end: 3000 });
  });

  it('gives way to an edge that is put behind the other', () => {
    const one = move(move(whole(pal), 'start', 100, pal), 'end', 200, pal);
    expect(put(one, 'start', 500, pal).ranges[0]).toEqual({ start: 500, end: 3000 });
    expect(put(one, 'end', 50, pal).ranges[0]).toEqual({ start: 0, end: 50 });
  });

  it('holds several ranges, in an order', () => {
    let one = add(move(whole(pal), 'end', 100, pal), 500, 125, pal);
    expect(one).toEqual({ ranges: [{ start: 0, end: 100 }, { start: 500, end: 625 }], active: 1 });
    one = reorder(one, 1, 0);
    expect(one.ranges[0]).toEqual({ start: 500, end: 625 });
    expect(write(one.ranges, pal)).toBe('20-25,0-4');
    expect(read('20-25,0-4', pal)).toEqual({ ...one, active: 0 });
    expect([0, 124, 125, 224, 300].map((frame) => within(one.ranges, frame))).toEqual([500, 624, 0, 99, 99]);
    expect(remove(one, 0).ranges).toEqual([{ start: 0, end: 100 }]);
    expect(remove(remove(one, 0), 0).ranges).toHaveLength(1);
  });

  it('reads nothing from nonsense, and cuts what lies outside', () => {
    for (const wrong of [null, '', 'x', '5', '5-4', '500-600', '1-2,x']) expect(read(wrong, pal)).toBeNull();
    expect(read('100-500', pal)?.ranges).toEqual([{ start: 2500, end: 3000 }]);
  });
});

describe('what is near', () => {
  it('is the nearest within reach', () => {
    expect(nearest(100, [90, 104, 97], 8)).toBe(97);
    expect(nearest(100, [90, 110], 8)).toBeNull();
    expect(nearest(100, [108], 8)).toBeNull();
    expect(nearest(100, [], 8)).toBeNull();
  });
});

describe('a window', () => {
  it('zooms around a frame, between single frames and all', () => {
    const near = zoom(all(3000), 0.5, 600, 3000);
    expect(near).toEqual({ first: 300, span: 1500 });
    expect((600 - near.first) / near.span).toBeCloseTo(600 / 3000);
    expect(zoom(near, 0.0001, 600, 3000).span).toBe(CLOSEST);
    expect(zoom(near, 100, 600, 3000)).toEqual(all(3000));
    expect(zoomable(all(3000), 3000)).toEqual({ in: true, out: false });
    expect(zoomable({ first: 0, span: CLOSEST }, 3000)).toEqual({ in: false, out: true });
  });

  it('stays within the media', () => {
    expect(pan({ first: 10, span: 100 }, -50, 3000).first).toBe(0);
    expect(pan({ first: 2900, span: 100 }, 50, 3000).first).toBe(2900);
    expect(reveal({ first: 0, span: 100 }, 50, 3000)).toEqual({ first: 0, span: 100 });
    expect(reveal({ first: 0, span: 100 }, 1000, 3000)).toEqual({ first: 950, span: 100 });
    expect(fit(100, 200, 3000)).toEqual({ first: 87.5, span: 125 });
  });

  it('has marks and tiles that are far enough apart', () => {
    expect(step(all(180_000), 25, 1000, 80)).toBe(600);
    expect(step({ first: 0, span: 8 }, 25, 1000, 80)).toBeCloseTo(0.04);
    expect(tiles({ first: 0, span: 8 }, 800, 100)).toEqual({ each: 1, first: 0, count: 8 });
    const far = tiles({ first: 1000, span: 100_000 }, 1000, 100);
    expect(far.each).toBe(8192);
    expect(far.count).toBeLessThan(15);
  });
});

describe('a history', () => {
  it('goes back and forth, and forgets what was undone when something else is done', () => {
    let one = record(record(begin(1), 2), 3);
    one = undo(undo(undo(one)));
    expect(one.now).toBe(1);
    one = redo(one);
    expect(one.now).toBe(2);
    one = record(one, 9);
    expect(redo(one).now).toBe(9);
    expect(undo(one).now).toBe(2);
  });
});
