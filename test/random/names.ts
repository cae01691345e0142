/** The names that a random notebook has declared so far, with what they hold. */
import type { Chance } from './chance.ts';

export const KINDS = [
  'num',
  'text',
  'flag',
  'nums',
  'row',
  'rows',
  'map',
  'set',
  'date',
  'pair',
  'model',
  'maybe',
] as const;
export type Kind = (typeof KINDS)[number];
/**
 * `fn`: number to number; `of rows`: takes rows, gives a number; `act`: takes and gives nothing; `later`: as `fn`, but
 * asynchronous; `ops`: an object with the method `of`, as `fn`; `class` and its instances, `holder`: with `get` and `set`.
 */
export type Callable = 'fn' | 'of rows' | 'act' | 'later' | 'ops' | 'class' | 'holder';

/** Types as they are written; Row, Pair and Model are declared in the first cell. */
export const TYPES: Record<Kind, string> = {
  num: 'number',
  text: 'string',
  flag: 'boolean',
  nums: 'number[]',
  row: 'Row',
  rows: 'Row[]',
  map: 'Map<string, number[]>',
  set: 'Set<number>',
  date: 'Date',
  pair: 'Pair',
  model: 'Model',
  maybe: 'number | undefined',
};

export type Role = 'none' | 'setup' | 'skip' | 'parameters' | 'step';

export interface Name {
  name: string;
  kind: Kind | Callable;
  /** Declared with `let`. */
  assignable: boolean;
  role: Role;
  /** Number of its cell, and its step. */
  cell: number;
  step?: string;
  /** Evaluated anew wherever it is used. */
  travels?: boolean;
}

/** Some of them are globals too, and a cell may shadow those. */
const POOL = 'a b c d e f g h k m n p q r s t u v w z fetch performance name top'.split(' ');

export class Names {
  private known = new Map<string, Name>();

  constructor(private readonly chance: Chance) {}

  /** A name that is new or, now and then, one that an earlier cell has declared. */
  fresh(cell: number): string {
    const again = [...this.known.values()].filter((each) => each.cell !== cell);
    if (again.length > 0 && this.chance.yes(0.08)) return this.chance.pick(again).name;
    const unused = POOL.filter((name) => !this.known.has(name));
    if (unused.length > 0 && this.chance.yes(0.9)) return this.chance.pick(unused);
    return `x${this.known.size}${this.chance.int(1000)}`;
  }

  declare(name: Name): void {
    this.known.set(name.name, name);
  }

  all(): Name[] {
    return [...this.known.values()];
  }

  /** Undoes what a function that is not the cell's own top level has declared. */
  within<T>(inner: Name[], work: () => T): T {
    const before = new Map(this.known);
    for (const name of inner) this.known.set(name.name, name);
    try {
      return work();
    } finally {
      this.known = before;
    }
  }
}
