/** Random expressions of a kind, made of names that are visible. */
import type { Chance } from './chance.ts';
import type { Callable, Kind, Name } from './names.ts';

/** The names that an expression may use. */
export type Visible = (kind: Kind | Callable) => Name[];

export const NO_ROW = '({ a: 0, tags: [] } as Row)';

export class Expressions {
  constructor(
    private readonly chance: Chance,
    private readonly visible: Visible,
    /** Whether `await` may stand there. */
    private readonly awaits: boolean,
  ) {}

  of(kind: Kind, depth = 2): string {
    const variable = this.read(kind);
    if (variable !== undefined && this.chance.yes(depth === 2 ? 0.35 : 0.55)) return variable;
    if (depth <= 0) return variable ?? this.literal(kind);
    return this.chance.pick(this.forms(kind, depth - 1))();
  }

  private read(kind: Kind | Callable): string | undefined {
    const names = this.visible(kind);
    // Names that were declared of late are chosen more often.
    return names.length === 0
      ? undefined
      : names[Math.max(this.chance.int(names.length), this.chance.int(names.length))]!.name;
  }

  private literal(kind: Kind): string {
    const n = this.chance.int(7);
    return {
      num: `${n}`,
      text: `"t${n}"`,
      flag: `(${this.chance.pick(['true', 'false'])} as boolean)`,
      nums: `[${n}, 3, 1]`,
      row: `({ a: ${n}, tags: ["x"] } as Row)`,
      rows: `([{ a: ${n}, tags: ["x"] }, { a: 2, tags: [] }] as Row[])`,
      map: `new Map<string, number[]>([["k", [${n}]]])`,
      set: `new Set<number>([${n}, 2])`,
      date: `new Date(${n})`,
      pair: `({ r: { a: ${n}, tags: ["y"] }, rows: [{ a: 1, tags: [] }] } as Pair)`,
      model: `new Model(${n})`,
      maybe: `(${this.chance.pick(['undefined', `${n}`])} as number | undefined)`,
    }[kind];
  }

  private forms(kind: Kind, depth: number): (() => string)[] {
    const e = (of: Kind) => this.of(of, depth);
    const forms: Record<Kind, (() => string)[]> = {
      num: [
        () => this.literal('num'),
        () => `(${e('num')} + ${e('num')})`,
        () => `(${e('num')} * ${e('num')}) % 97`,
        () => `${e('nums')}.length`,
        () => `${e('nums')}.reduce((s, x) => s + x, ${e('num')})`,
        () => `(${e('rows')}[0]?.a ?? ${e('num')})`,
        () => `${e('row')}.tags.length`,
        () => `(${e('map')}.get("k")?.[0] ?? ${e('num')})`,
        () => `${e('set')}.size`,
        () => `${e('date')}.getTime() % 1000`,
        () => `${e('model')}.twice()`,
        () => `${e('rows')}.indexOf(${e('row')})`,
        () => `${e('pair')}.rows.indexOf(${e('row')})`,
        () => `(${e('maybe')} ?? ${e('num')})`,
        () => `(${e('flag')} ? ${e('num')} : Level.High)`,
        () => `${e('text')}.length`,
        () => `Fixed.base + ${e('num')}`,
        ...this.calls(depth),
      ],
      text: [
        () => this.literal('text'),
        () => `${e('nums')}.join()`,
        () => `\`x\${${e('num')}}\``,
        () => `(${e('row')}.tags[0] ?? "none")`,
        () => `JSON.stringify(${e('rows')})`,
        () => `String(${e('maybe')})`,
        () => `${e('date')}.toISOString().slice(0, 30)`,
      ],
      flag: [
        () => `(${e('num')} > ${e('num')})`,
        () => `(${e('rows')}[0] === ${e('row')})`,
        () => `${e('set')}.has(${e('num')})`,
        () => `(${e('model')} instanceof Model)`,
        () => `(${e('maybe')} === undefined)`,
        () => `${e('rows')}.includes(${e('row')})`,
      ],
      nums: [
        () => this.literal('nums'),
        () => `${e('nums')}.map((x) => x + ${this.inside('num')})`,
        () => `${e('rows')}.map(({ a }) => a)`,
        () => `${e('nums')}.toSorted((x, y) => x - y)`,
        () => `[...${e('nums')}, ${e('num')}].slice(0, 9)`,
        () => `[...${e('set')}]`,
        () => `Array.from({ length: 3 }, (_, i) => i * ${this.inside('num')})`,
        () => `(${e('map')}.get("k") ?? [${e('num')}])`,
      ],
      row: [
        () => this.literal('row'),
        () => `(${e('rows')}[0] ?? ${NO_ROW})`,
        () => `(${e('rows')}.at(-1) ?? ${e('row')})`,
        () => `(${e('rows')}.find((x) => x.a > ${this.inside('num')}) ?? ${NO_ROW})`,
        () => `({ ...${e('row')}, a: ${e('num')} } as Row)`,
        () => `({ a: ${e('num')}, tags: [${e('text')}] } as Row)`,
        () => `${e('pair')}.r`,
      ],
      rows: [
        () => this.literal('rows'),
        () => `${e('nums')}.map((a) => ({ a, tags: ["t" + a] }))`,
        () => `${e('rows')}.filter((x) => x.a !== ${this.inside('num')})`,
        () => `[...${e('rows')}, ${e('row')}].slice(0, 9)`,
        () => `${e('rows')}.toReversed()`,
        () => `[${e('row')}, ${e('row')}]`,
        () => `${e('pair')}.rows`,
        () => `structuredClone(${e('rows')})`,
      ],
      map: [
        () => this.literal('map'),
        () => `new Map<string, number[]>([["k", ${e('nums')}], ["l", []]])`,
        () => `new Map(${e('map')})`,
      ],
      set: [() => this.literal('set'), () => `new Set<number>(${e('nums')})`, () => `new Set(${e('set')})`],
      date: [() => this.literal('date'), () => `new Date(${e('num')})`, () => `new Date(${e('date')})`],
      pair: [
        () => this.literal('pair'),
        () => `({ r: ${e('row')}, rows: ${e('rows')} } as Pair)`,
        () => `({ ...${e('pair')}, r: ${e('row')} } as Pair)`,
      ],
      model: [
        () => this.literal('model'),
        () => `new Model(${e('num')})`,
        () => `new Special(${e('num')})`,
        () => `(make(${e('num')}) as Model)`,
      ],
      maybe: [
        () => this.literal('maybe'),
        () => `${e('nums')}[${e('num')}]`,
        () => `${e('map')}.get("k")?.at(0)`,
        () => `[...${e('set')}].find((x) => x > ${this.inside('num')})`,
      ],
    };
    return forms[kind];
  }

  private calls(depth: number): (() => string)[] {
    const fn = this.read('fn');
    const ofRows = this.read('of rows');
    const [ops, made, holder] = [this.read('ops'), this.read('class'), this.read('holder')];
    const later = this.awaits ? this.read('later') : undefined;
    return [
      ...(fn ? [() => `${fn}(${this.of('num', depth)})`, () => `${fn}(${this.of('num', depth)})`] : []),
      ...(ofRows
        ? [() => `${ofRows}(${this.of('rows', depth)})`, () => `${ofRows}(${this.of('rows', depth)})`]
        : []),
      ...(ops ? [() => `${ops}.of(${this.of('num', depth)})`] : []),
      ...(made ? [() => `new ${made}().get()`] : []),
      ...(holder ? [() => `${holder}.get()`, () => `${holder}.get()`] : []),
      ...(later ? [() => `(await ${later}(${this.of('num', depth)}))`] : []),
    ];
  }

  /** Within a function that is no async one. */
  private inside(kind: Kind): string {
    return new Expressions(this.chance, this.visible, false).of(kind, 0);
  }
}
