import type { RandomSource } from "@dbd/numerics/random/source";

/** Values in groups [2ᵉ, 2ᵉ⁺¹), with the sum of each group. */
export interface Groups {
  /** Shape [N]; written by `set`. */
  readonly value: Float64Array;
  /** All values become 0. */
  clear(): void;
  /** @param value - Finite, ≥ 0. */
  set(entry: number, value: number): void;
  /** Sum of the sums of the groups. */
  total(): number;
  /** An entry in proportion to its value; −1 when rounding of the sums led past the last group. */
  choose(random: RandomSource, total: number): number;
  /** Takes the sums afresh from their members. */
  refresh(): void;
}

/** One group; its members are the first `size` entries. */
interface Group {
  /** Half of its upper end, which itself may be too large for a number. */
  readonly half: number;
  members: Int32Array;
  size: number;
  sum: number;
  /** Members when the sum was last taken afresh: below half of it the rounding of what has gone could weigh. */
  fresh: number;
}

function sumOf(group: Group, value: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < group.size; i++) sum += value[group.members[i]];
  group.sum = sum;
  group.fresh = group.size;
}

/**
 * Lower end of the group of a value > 0: a power of two (0 for values below 2⁻¹⁰⁰⁰, which share a group). Found by steps
 * of one from a guess near by, of 2⁶⁴ where it is far.
 */
function lowerOf(value: number, guess: number): number {
  if (value < 2 ** -1000) return 0;
  let low = guess > 0 ? guess : 1;
  while (low * 2 ** 64 <= value) low *= 2 ** 64;
  while (low > value * 2 ** 64) low /= 2 ** 64;
  while (low > value) low /= 2;
  while (2 * low <= value) low *= 2;
  return low;
}

export function createGroups(count: number): Groups {
  const value = new Float64Array(count);
  const home = new Int32Array(count).fill(-1);
  const place = new Int32Array(count);
  const low = new Float64Array(count);
  let groups: Group[] = [];
  const index = new Map<number, number>();
  /** Groups from the largest values to the smallest. */
  let order: number[] = [];

  const groupOf = (lower: number): number => {
    const known = index.get(lower);
    if (known !== undefined) return known;
    const half = lower === 0 ? 2 ** -1001 : lower;
    groups.push({ half, members: new Int32Array(16), size: 0, sum: 0, fresh: 0 });
    index.set(lower, groups.length - 1);
    order = groups.map((_, g) => g).sort((a, b) => groups[b].half - groups[a].half);
    return groups.length - 1;
  };
  const leave = (entry: number): void => {
    const group = groups[home[entry]];
    const last = group.members[--group.size];
    group.members[place[entry]] = last;
    place[last] = place[entry];
    home[entry] = -1;
    group.sum = group.size === 0 ? 0 : group.sum - value[entry];
    if (2 * group.size < group.fresh) sumOf(group, value);
  };
  const enter = (entry: number, v: number): void => {
    const lower = lowerOf(v, low[entry]);
    const g = groupOf(lower);
    const group = groups[g];
    if (group.size === group.members.length) {
      const larger = new Int32Array(2 * group.size);
      larger.set(group.members);
      group.members = larger;
    }
    group.members[group.size] = entry;
    place[entry] = group.size++;
    home[entry] = g;
    low[entry] = lower;
    group.sum += v;
  };
  return {
    value,
    clear() {
      groups = [];
      index.clear();
      order = [];
      value.fill(0);
      home.fill(-1);
      low.fill(0);
    },
    set(entry, v) {
      const g = home[entry];
      if (g >= 0) {
        const group = groups[g];
        if (v >= low[entry] && v / 2 < group.half && v > 0) {
          group.sum += v - value[entry];
          value[entry] = v;
          return;
        }
        leave(entry);
      }
      value[entry] = v;
      if (v > 0) enter(entry, v);
    },
    total() {
      let sum = 0;
      for (let i = 0; i < order.length; i++) sum += groups[order[i]].sum;
      return sum;
    },
    choose(random, total) {
      let target = random() * total;
      for (let i = 0; i < order.length; i++) {
        const group = groups[order[i]];
        if (target < group.sum && group.size > 0) {
          const { members, size, half } = group;
          for (;;) {
            // One uniform gives the member and, by what is left of it, the height.
            const u = random() * size;
            const k = Math.trunc(u);
            const entry = members[k];
            if ((u - k) * half < value[entry] / 2) return entry;
          }
        }
        target -= group.sum;
      }
      return -1;
    },
    refresh() {
      for (const group of groups) sumOf(group, value);
    },
  };
}
