/** An indexed priority queue: a binary heap of times in which the place of every entry is known. */
export interface TimeQueue {
  /** Time of each entry, shape [N]; written by `set`, or freely before `build`. */
  readonly time: Float64Array;
  /** Makes a heap of the times. */
  build(): void;
  /** The entry with the smallest time, −1 when there is none. */
  first(): number;
  set(entry: number, time: number): void;
}

/** The arrays of a queue of N entries: times, the heap, and the place of each entry in it. */
export interface QueueStorage {
  readonly time: Float64Array;
  readonly heap: Int32Array;
  readonly place: Int32Array;
}

/** Gibson & Bruck (2000), §3: an update costs at most the depth of the heap. */
export function createQueue(count: number, storage?: QueueStorage): TimeQueue {
  const { time, heap, place } = storage ?? {
    time: new Float64Array(count),
    heap: new Int32Array(count),
    place: new Int32Array(count),
  };
  time.fill(Infinity);
  for (let i = 0; i < count; i++) heap[i] = place[i] = i;

  const up = (from: number, entry: number, t: number): void => {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = heap[parent];
      if (time[other] <= t) break;
      heap[i] = other;
      place[other] = i;
      i = parent;
    }
    heap[i] = entry;
    place[entry] = i;
  };
  const down = (from: number, entry: number, t: number): void => {
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= count) break;
      if (child + 1 < count && time[heap[child + 1]] < time[heap[child]]) child++;
      const other = heap[child];
      if (time[other] >= t) break;
      heap[i] = other;
      place[other] = i;
      i = child;
    }
    heap[i] = entry;
    place[entry] = i;
  };
  return {
    time,
    build() {
      // From the order of the entries, so that ties fall the same way whatever went before.
      for (let i = 0; i < count; i++) heap[i] = place[i] = i;
      for (let i = (count >> 1) - 1; i >= 0; i--) down(i, heap[i], time[heap[i]]);
    },
    first: () => (count === 0 ? -1 : heap[0]),
    set(entry, t) {
      const old = time[entry];
      time[entry] = t;
      if (t < old) up(place[entry], entry, t);
      else down(place[entry], entry, t);
    },
  };
}
