/** Random statements of a cell. */
import type { Chance } from './chance.ts';
import { Expressions, type Visible } from './expressions.ts';
import { type Callable, KINDS, type Kind, type Name, type Names, type Role, TYPES } from './names.ts';

export interface Place {
  role: Role;
  cell: number;
  step?: string;
  /** How often a rule is broken: what a name may be used for is then not looked at. */
  breaks: number;
}

export class Statements {
  constructor(
    private readonly chance: Chance,
    private readonly names: Names,
    private readonly place: Place,
  ) {}

  /** A new variable. */
  declaration(): string {
    const { chance, place } = this;
    const kind = chance.pick(KINDS);
    const assignable = place.role === 'step' ? chance.yes(0.5) : chance.yes(0.15);
    if (place.role === 'step' && chance.yes(0.08)) return this.destructuring();
    if (chance.yes(0.1)) return this.holder();
    const value = this.expressions(true).of(kind);
    const name = this.names.fresh(place.cell);
    if (this.isOwnReference(name, value)) return '';
    this.declare(name, kind, assignable);
    const keyword = assignable ? chance.pick(['let', 'let', 'let', 'var']) : 'const';
    const type = kind === 'maybe' || assignable || chance.yes(0.4) ? `: ${TYPES[kind]}` : '';
    return `${keyword} ${name}${type} = ${value};`;
  }

  private destructuring(): string {
    const { chance, names, place } = this;
    const [first, second] = [names.fresh(place.cell), names.fresh(place.cell)];
    const [source, parts, kinds] = chance.pick([
      [this.expressions(true).of('pair'), `{ r: ${first}, rows: ${second} }`, ['row', 'rows']],
      [this.expressions(true).of('row'), `{ a: ${first}, tags: { length: ${second} } }`, ['num', 'num']],
      [this.expressions(true).of('nums'), `[${first} = 5, ...${second}]`, ['num', 'nums']],
    ] as [string, string, Kind[]][]);
    if (first === second || [first, second].some((name) => this.isOwnReference(name, source))) return '';
    this.declare(first, kinds[0]!, false);
    this.declare(second, kinds[1]!, false);
    return `const ${parts} = ${source};`;
  }

  /** A new function: some read what is around them, some assign or change it. */
  helper(): string {
    const { chance, names, place } = this;
    const name = names.fresh(place.cell);
    const kind = chance.pick<Callable>(['fn', 'fn', 'of rows', 'of rows', 'act', 'later']);
    const parameter: Name = {
      name: 'x',
      kind: kind === 'of rows' ? 'rows' : 'num',
      assignable: false,
      role: place.role,
      cell: place.cell,
    };
    const [head, body] = names.within(kind === 'act' ? [] : [parameter], () => {
      const value = this.expressions(kind === 'later', this.place.breaks === 0).of('num', 1);
      if (kind === 'act') return ['(): void', this.effect() || 'void 0;'];
      const effect = chance.yes(0.25) ? this.effect() : '';
      if (kind === 'fn') return ['(x: number): number', `${effect} return ${value};`];
      if (kind === 'later') return ['(x: number): Promise<number>', `await null; ${effect} return ${value};`];
      const change = chance.yes(place.breaks) ? this.hiddenChange() : '';
      return ['(x: Row[]): number', `${change} ${effect} return ${value};`];
    }) as [string, string];
    if (new RegExp(`\\b${name}\\b`).test(body)) return '';
    this.declare(name, kind, false);
    const async = kind === 'later' ? 'async ' : '';
    if (chance.yes(0.5)) return `${async}function ${name}${head} { ${body} }`;
    return `const ${name} = ${async}${head} => { ${body} };`;
  }

  /** An object of functions, or a class. */
  group(): string {
    const { chance, names, place } = this;
    const name = names.fresh(place.cell);
    const value = () => this.expressions(false).of('num', 1);
    const effect = () => (chance.yes(0.3) ? this.effect() : '');
    const parameter: Name = { ...place, name: 'x', kind: 'num', assignable: false };
    const [kind, text] = chance.pick([
      () => [
        'ops',
        `const ${name} = { of(x: number): number { ${names.within([parameter], () => `${effect()} return ${value()};`)} }, k: 2 };`,
      ],
      () => [
        'class',
        `class ${name} { v = ${value()}; get(): number { ${effect()} return this.v + ${value()}; } set(x: number) { this.v = x; } }`,
      ],
      () => [
        'class',
        `class ${name} extends Model { v: number; constructor() { super(${value()}); this.v = this.n; } get(): number { return this.v + this.twice(); } set(x: number) { this.v = x; } }`,
      ],
    ] as (() => [Callable, string])[])();
    if ((text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1) return '';
    this.declare(name, kind, false);
    return text;
  }

  private holder(): string {
    const classes = this.visible('class');
    if (classes.length === 0) return '';
    const name = this.names.fresh(this.place.cell);
    const made = this.chance.pick(classes).name;
    if (made === name) return '';
    this.declare(name, 'holder', false);
    return this.chance.pick([
      `const ${name} = new ${made}();`,
      `const ${name}: { get(): number } = new ${made}();`,
    ]);
  }

  private hiddenChange(): string {
    return this.chance.pick([
      'x.push({ a: 9, tags: [] });',
      'const y = x; y.reverse();',
      'for (const each of x) each.a += 1;',
      'const z = [x]; z[0]!.pop();',
      'x.sort((l, r) => l.a - r.a);',
      'Object.assign(x[0] ?? {}, { a: 8 });',
      '({ x }).x.length = 0;',
      'x.forEach((each) => each.tags.push("more"));',
    ]);
  }

  /** Assigns or changes something. */
  effect(): string {
    const kind = this.chance.pick(KINDS);
    return this.chance.yes(0.5) ? this.assignment(kind) : this.change(kind);
  }

  private assignment(kind: Kind): string {
    const target = this.target(kind, (name) => name.assignable);
    if (!target) return '';
    const { name } = target;
    if (kind === 'num' && this.chance.yes(0.2)) {
      const other = this.target(kind, (each) => each.assignable && each.name !== name);
      const e = () => this.expressions(false).of('num', 1);
      if (other) return `;[${name}, ${other.name}] = [${e()}, ${e()}];`;
      return `;({ a: ${name} } = ${this.expressions(false).of('row', 1)});`;
    }
    if (kind === 'num' && this.chance.yes(0.4))
      return this.chance.pick([`${name} += 2;`, `${name}++;`, `${name} *= 3;`]);
    return `${name} = ${this.expressions(false).of(kind, 1)};`;
  }

  private change(kind: Kind): string {
    const target = this.target(kind, () => true);
    if (!target) return '';
    const { name } = target;
    const n = this.expressions(false).of('num', 0);
    const changes: Partial<Record<Kind, string[]>> = {
      nums: [`${name}.push(${n});`, `${name}.sort();`, `${name}[0] = ${n};`, `${name}.length = 1;`],
      row: [`${name}.a = ${n};`, `${name}.tags.push("n");`, `${name}.a++;`],
      rows: [
        `${name}.push({ a: ${n}, tags: [] });`,
        `${name}.reverse();`,
        `for (const each of ${name}) each.a += ${n};`,
        `if (${name}[0]) ${name}[0].a = ${n};`,
      ],
      map: [
        `${name}.set("l", [${n}]);`,
        `${name}.delete("k");`,
        `for (const list of ${name}.values()) list.push(${n});`,
      ],
      set: [`${name}.add(${n});`, `${name}.clear();`],
      date: [`${name}.setTime(${n});`],
      pair: [`${name}.r.a = ${n};`, `${name}.rows.push(${name}.r);`],
      model: [`${name}.n = ${n};`, `${name}.grow();`],
    };
    return changes[kind] ? this.chance.pick(changes[kind]) : '';
  }

  /** Control flow that stays within one program. */
  control(): string {
    const { chance, names, place } = this;
    const e = this.expressions(true);
    const local = (name: string, kind: Kind): Name => ({ ...place, name, kind, assignable: false });
    const inner = (extra: Name[]) => names.within(extra, () => this.effect() || 'void 0;');
    return chance.pick([
      () => `for (const i of ${e.of('nums', 1)}) { ${inner([local('i', 'num')])} }`,
      () => `for (const each of ${e.of('rows', 1)}) { ${inner([local('each', 'row')])} }`,
      () => `{ const a = ${e.of('num', 1)}; ${inner([local('a', 'num')])} }`,
      () => `for (let i = 0; i < 2; i++) { ${inner([local('i', 'num')])} }`,
      () => `try { ${inner([])} } finally { ${inner([])} }`,
      () => `switch (${e.of('num', 1)} as number) { case 1: ${inner([])} break; default: ${inner([])} }`,
      () => `if (${e.of('flag', 1)}) { ${inner([])} }`,
    ])();
  }

  call(): string {
    const act = this.chance.pick([...this.visible('act'), undefined]);
    if (act) return `${act.name}();`;
    const fn = this.chance.pick([...this.visible('of rows'), undefined]);
    return fn ? `${fn.name}(${this.expressions(false).of('rows', 1)});` : '';
  }

  /** A loop over items, in processes of their own when a step's run. */
  loop(): string {
    const { chance, names, place } = this;
    const e = this.expressions(true);
    const [item, list] = chance.pick([
      ['num', 'nums'],
      ['row', 'rows'],
    ] as const);
    const items = e.of(list, 1);
    const result = chance.pick<Kind>(['num', 'row']);
    const named = item === 'num' ? chance.pick([...this.visible('fn'), undefined]) : undefined;
    const local: Name = { ...place, name: 'item', kind: item, assignable: false };
    const body = names.within([local], () => {
      const effect = chance.yes(place.breaks) ? this.effect() : '';
      const value = this.expressions(false).of(result, 1);
      return effect ? `(item) => { ${effect} return ${value}; }` : `(item) => (${value})`;
    });
    const name = names.fresh(place.cell);
    if (result === 'num' && item === 'num' && chance.yes(0.25)) return this.nestedLoop(name, items);
    const statement =
      named && result === 'num'
        ? `await foreach(${items}, ${named.name})`
        : `await foreach(${items}, ${body})`;
    if (this.isOwnReference(name, statement)) return '';
    const assignable = chance.yes(0.3);
    this.declare(name, result === 'num' ? 'nums' : 'rows', assignable);
    return `${assignable ? 'let' : 'const'} ${name}: ${result === 'num' ? 'number[]' : 'Row[]'} = ${statement};`;
  }

  private nestedLoop(name: string, items: string): string {
    const local: Name = { ...this.place, name: 'item', kind: 'num', assignable: false };
    const inner: Name = { ...local, name: 'each' };
    const [list, value, last] = this.names.within([local], () => [
      this.expressions(false).of('nums', 1),
      this.names.within([inner], () => this.expressions(false).of('num', 1)),
      this.expressions(false).of('num', 1),
    ]) as [string, string, string];
    const body = `async (item) => { const all = await foreach(${list}, (each) => ${value}); return all.length + ${last}; }`;
    if (this.isOwnReference(name, items + body)) return '';
    this.declare(name, 'nums', false);
    return `const ${name}: number[] = await foreach(${items}, ${body});`;
  }

  /** A whole conditional step. */
  condition(): string {
    const { chance, names, place } = this;
    const before: string[] = [];
    const own: Name[] = [];
    for (let i = chance.int(3); i > 0; i--) {
      const name = names.fresh(place.cell);
      const [kind, value] = chance.pick([
        ['num', '4'],
        ['text', '"none"'],
        ['maybe', ''],
      ] as [Kind, string][]);
      if (own.some((each) => each.name === name)) continue;
      this.declare(name, kind, true);
      own.push({ ...place, name, kind, assignable: true });
      before.push(value ? `let ${name} = ${value};` : `let ${name}: number | undefined;`);
    }
    const branch = () => {
      const parts = [this.effect(), this.effect()];
      for (const { name, kind } of own) {
        if (chance.yes(0.7)) parts.push(`${name} = ${this.expressions(false).of(kind as Kind, 1)};`);
      }
      return `{ ${parts.join(' ')} }`;
    };
    const test = () => this.expressions(false).of('flag', 1);
    const rest = chance.pick(['', ` else ${branch()}`, ` else if (${test()}) ${branch()} else ${branch()}`]);
    return `${before.join(' ')}\nif (${test()}) ${branch()}${rest}`;
  }

  private declare(name: string, kind: Kind | Callable, assignable: boolean): void {
    this.names.declare({ ...this.place, name, kind, assignable });
  }

  /** A name whose value may be changed here, unless a rule is to be broken. */
  private target(kind: Kind, fits: (name: Name) => boolean): Name | undefined {
    const { chance, place } = this;
    const all = this.names.all().filter((each) => each.kind === kind && fits(each));
    const breaks = chance.yes(place.breaks);
    const may = all.filter((each) => {
      if (breaks) return true;
      if (place.role !== 'step') return each.cell === place.cell;
      // A value of another step may be assigned, by whom it is reached; it may not be changed in place.
      return each.step === place.step || (each.role === 'step' && each.assignable && chance.yes(0.3));
    });
    return may.length > 0 ? chance.pick(may) : undefined;
  }

  private expressions(awaits: boolean, onlyKept = false): Expressions {
    return new Expressions(this.chance, (kind) => this.visible(kind, onlyKept), awaits);
  }

  private visible: (...of: [...Parameters<Visible>, boolean?]) => Name[] = (kind) => {
    const { role, breaks } = this.place;
    const all = this.names.all().filter((each) => each.kind === kind);
    if (this.chance.yes(breaks / 4)) return all;
    const isFunction = ['fn', 'of rows', 'act', 'later', 'ops', 'class'].includes(kind);
    if (role === 'none') return all.filter((each) => each.role !== 'skip');
    if (role === 'skip') return all;
    return all.filter((each) => {
      if (each.role === 'skip') return false;
      if (isFunction) return role === 'step' || each.role === role;
      if (role === 'step') return each.role !== 'none' || each.travels;
      return each.role === role || each.role === 'parameters' || each.travels;
    });
  };

  /** `const a = a + 1` in a new cell would mean the new one. */
  private isOwnReference(name: string, text: string): boolean {
    return new RegExp(`\\b${name}\\b`).test(text);
  }
}
