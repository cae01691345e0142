import { createHash } from 'node:crypto';
import {
  ClassRegistry,
  DecodeError,
  classesOf,
  decode,
  encode,
  encodeChunks,
  guardDigest,
  EncodeError,
} from '../kernel/lib/store/codec.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const again = <T>(value: T, options = {}): T => decode(encode(value, options), options) as T;

describe('what is kept exactly', () => {
  test('a hole is no undefined, -0 no 0', () => {
    // eslint-disable-next-line no-sparse-arrays
    const [hole, zero] = again([[1, , undefined], -0] as const);
    expect([1 in hole, 2 in hole, hole.length]).toEqual([false, true, 3]);
    expect(Object.is(zero, -0)).toBe(true);
  });

  test('an invalid date', () => {
    expect(again(new Date(NaN)).getTime()).toBeNaN();
  });

  test('key order is part of the value', () => {
    expect(Object.keys(again({ z: 1, a: 2 }))).toEqual(['z', 'a']);
    expect(hex(encode({ z: 1, a: 2 }))).not.toBe(hex(encode({ a: 2, z: 1 })));
  });

  test('how an object is closed', () => {
    const [frozen, sealed, closed] = again([
      Object.freeze({ a: 1 }),
      Object.seal({ b: 1 }),
      Object.preventExtensions({ c: 1 }),
    ]);
    expect(Object.isFrozen(frozen)).toBe(true);
    expect([Object.isSealed(sealed), Object.isFrozen(sealed)]).toEqual([true, false]);
    expect([Object.isExtensible(closed), Object.isSealed(closed)]).toEqual([false, false]);
  });

  test('errors with class, cause and properties; the stack is no part of the value', () => {
    const error = Object.assign(new RangeError('too far', { cause: new Error('why') }), { code: 7 });
    const back = again(error);
    expect(Object.prototype.toString.call(back)).toBe('[object Error]');
    expect([back.name, back.message, back.code, (back.cause as Error).message]).toEqual([
      'RangeError',
      'too far',
      7,
      'why',
    ]);
    expect(Object.keys(back)).toEqual(['code']);
    expect(back.stack).toBe('RangeError: too far');
    expect(hex(encode(back))).toBe(hex(encode(error)));
    const many = again(new AggregateError([new Error('a'), 1], 'many'));
    expect(many.errors[0].message).toBe('a');
    expect(Object.hasOwn(again(new Error()), 'message')).toBe(false);
  });

  test('Buffer stays a Buffer', () => {
    const back = again(Buffer.from('abc'));
    expect([Buffer.isBuffer(back), back.toString()]).toEqual([true, 'abc']);
    expect(hex(encode(Buffer.from('abc')))).toBe(hex(encode(Buffer.from('xabc').subarray(1))));
  });

  test('cycles and shared references', () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { a: shared, list: [shared, shared], map: new Map([[shared, 1]]) };
    value['self'] = value;
    const back = again(value) as { a: object; list: object[]; map: Map<object, number>; self: unknown };
    expect(back.self).toBe(back);
    expect(back.list[0]).toBe(back.a);
    expect(back.list[1]).toBe(back.a);
    expect(back.map.get(back.a)).toBe(1);
  });

  test('views that share memory', () => {
    const buffer = new ArrayBuffer(16);
    const value = {
      whole: new Uint8Array(buffer),
      part: new Float32Array(buffer, 4, 2),
      view: new DataView(buffer),
      buffer,
    };
    const back = again(value);
    back.part[0] = 1.5;
    expect(back.view.getFloat32(4, true)).toBe(1.5);
    expect(back.whole.buffer).toBe(back.buffer);
    expect([back.part.byteOffset, back.part.length]).toEqual([4, 2]);
  });

  test('large typed arrays are handed on, not copied', () => {
    const large = new Float64Array(100_000).fill(0.25);
    const chunk = encodeChunks(large).find((each) => each.length === large.byteLength);
    expect(chunk?.buffer).toBe(large.buffer);
  });
});

describe('classes', () => {
  class Point {
    constructor(
      public x: number,
      public y: number,
    ) {}
    get length() {
      return Math.hypot(this.x, this.y);
    }
  }
  class Stack extends Array<number> {
    top() {
      return this.at(-1);
    }
  }
  class Vault {
    #secret = 1;
    static [Symbol.for('tagflow.decode')](data: number) {
      const vault = new Vault();
      vault.#secret = data;
      return vault;
    }
    [Symbol.for('tagflow.encode')]() {
      return this.#secret;
    }
    open() {
      return this.#secret++;
    }
  }
  class Closed {
    #hidden = 1;
    read() {
      return this.#hidden;
    }
  }
  const classes = new ClassRegistry();
  for (const each of [Point, Stack, Vault, Closed])
    classes.declare(each.name, sha(Buffer.from(each.name)), each);

  test('of the notebook are revived, with getters, identity and built-in bases', () => {
    const point = new Point(3, 4);
    const back = again({ point, same: point, stack: Stack.of(1, 2) }, { classes });
    expect(back.point).toBeInstanceOf(Point);
    expect(back.point.length).toBe(5);
    expect(back.same).toBe(back.point);
    expect(back.stack).toBeInstanceOf(Stack);
    expect((back.stack as Stack).top()).toBe(2);
  });

  test('with #private members need the symbols', () => {
    const vault = new Vault();
    vault.open();
    expect(again(vault, { classes }).open()).toBe(2);
    expect(() => encode({ a: [new Closed()] }, { classes, name: 'it' })).toThrow(
      /^it\.a\[0\] is an instance of Closed.*#private/,
    );
  });

  test('edited since: plain data and a notice', () => {
    const bytes = encode([new Point(1, 2), new Point(3, 4)], { classes });
    const other = new ClassRegistry();
    other.declare('Point', 'ff'.repeat(32), Point);
    const notices: unknown[] = [];
    const back = decode(bytes, { classes: other, onNotice: (notice) => notices.push(notice) });
    expect(back).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
    expect(notices).toEqual([{ edited: true, origin: expect.objectContaining({ name: 'Point' }) }]);
  });

  test('with bases of the notebook: an edited base makes another class, one of a package or none does not', () => {
    class Model extends Point {}
    class Made extends class extends Model {} {}
    const registryOf = (base: string, derived: string) => {
      const registry = new ClassRegistry();
      registry.declare('Point', base.repeat(32), Point);
      registry.declare('Model', derived.repeat(32), Model);
      registry.declare('Made', 'ee'.repeat(32), Made);
      return registry;
    };
    const before = registryOf('aa', 'cc');
    const bytes = encode([new Point(1, 2), new Model(3, 4), new Made(5, 6)], { classes: before });
    const revived = (registry: ClassRegistry) =>
      (decode(bytes, { classes: registry }) as object[]).map((each) => each.constructor);
    expect(revived(registryOf('aa', 'cc'))).toEqual([Point, Model, Made]);
    expect(revived(registryOf('aa', 'dd'))).toEqual([Point, Object, Object]);
    expect(revived(registryOf('bb', 'cc'))).toEqual([Object, Object, Object]);
    // What was kept before bases counted is plain data, as of an edited class.
    const former = new ClassRegistry();
    former.declare('Model', 'cc'.repeat(32), Model);
    const old = encode(new Model(3, 4), { classes: former });
    const notices: boolean[] = [];
    const onNotice = ({ edited }: { edited: boolean }) => notices.push(edited);
    expect(decode(old, { classes: before, onNotice })).toEqual({ x: 3, y: 4 });
    expect(notices).toEqual([true]);
    expect(classesOf(encode(Stack.of(1), { classes }))[0]!.digest).toBe(sha(Buffer.from('Stack')));
  });

  test('several classes of a name, told apart by what they say', () => {
    const others = new ClassRegistry();
    const First = Point;
    class Second {
      z = 3;
    }
    others.declare('Point', 'aa'.repeat(32), First);
    others.declare('Point', 'bb'.repeat(32), Second);
    const bytes = encode([new First(1, 2), new Second()], { classes: others });
    const back = decode(bytes, { classes: others }) as object[];
    expect(back.map(({ constructor }) => constructor)).toEqual([First, Second]);
    others.declare('Point', 'bb'.repeat(32), class {});
    expect(() => decode(bytes, { classes: others })).toThrow('Point is declared twice in the same words');
    // Without digests, as who reads past runs gives them, the last counts.
    others.declare('Point', '', First);
    others.declare('Point', '', Second);
    const all = decode(bytes, { classes: others }) as object[];
    expect(all.map(({ constructor }) => constructor)).toEqual([Second, Second]);
  });

  test('models of packages through toJSON and a static loader', () => {
    class Node {
      constructor(public left?: Node) {}
    }
    class Tree {
      root = new Node(new Node());
      weights = Float64Array.of(0.5, NaN);
      #cache = 1;
      toJSON() {
        return { name: 'Tree', root: this.root, weights: this.weights };
      }
      static load(json: { weights: Float64Array }) {
        return Object.assign(new Tree(), { weights: json.weights });
      }
      cached() {
        return this.#cache;
      }
    }
    const registry = new ClassRegistry();
    expect(() => encode(new Tree(), { classes: registry })).toThrow(/Tree/);
    registry.imported('trees', { Tree });
    const bytes = encode({ tree: new Tree() }, { classes: registry });
    expect(classesOf(bytes)).toEqual([{ package: 'trees', name: 'Tree', digest: '' }]);
    const back = decode(bytes, { classes: registry }) as { tree: Tree };
    expect(back.tree).toBeInstanceOf(Tree);
    expect(back.tree.weights).toEqual(Float64Array.of(0.5, NaN));
    expect((decode(bytes) as { tree: { name: string } }).tree.name).toBe('Tree');
  });
});

describe('guard digests', () => {
  test('see state around functions', () => {
    const counter = {
      n: 0,
      inc() {
        this.n++;
      },
    };
    const before = guardDigest(counter);
    expect(guardDigest(counter)).toBe(before);
    counter.inc();
    expect(guardDigest(counter)).not.toBe(before);
  });

  test('do not see that a getter was asked, nor methods that come with use', () => {
    const asked = (): object => {
      const value = { n: 0 } as Record<string, unknown>;
      const get = (): number => {
        Object.defineProperty(value, 'lazy', {
          value: 1,
          enumerable: true,
          writable: true,
          configurable: true,
        });
        return 1;
      };
      return Object.defineProperty(value, 'lazy', { get, enumerable: true, configurable: true });
    };
    const value = asked() as { n: number; lazy: number; method?: () => void };
    const lax = { accessors: new WeakMap() };
    const before = guardDigest(value, {}, lax);
    expect(value.lazy).toBe(1);
    value.method = () => undefined;
    expect(guardDigest(value, {}, lax)).toBe(before);
    value.n++;
    expect(guardDigest(value, {}, lax)).not.toBe(before);
  });
});

describe('the format', () => {
  // These bytes are the promise to stores that exist: a change here needs a new CODEC_VERSION.
  const fixed: [string, unknown, string][] = [
    ['header and integer', 5, 'd9d9f783018005'],
    ['object', { a: [1, 'x', null] }, 'd9d9f7830180a161618301' + '6178f6'],
    ['float', 0.5, 'd9d9f7830180fb3fe0000000000000'],
    ['typed array', Uint16Array.of(1, 2), 'd9d9f7830180d8454401000200'],
    ['date', new Date(1000), 'd9d9f7830180d954461903e8'],
  ];
  test.each(fixed)('%s', (_name, value, bytes) => {
    expect(hex(encode(value))).toBe(bytes);
    expect(decode(Buffer.from(bytes, 'hex'))).toEqual(value);
  });

  test('shared references are tags 28 and 29', () => {
    const shared = {};
    expect(hex(encode([shared, shared]))).toBe('d9d9f783018082d81ca0d81d00');
  });

  test.each([
    ['nothing', ''],
    ['something else', '7b7d'],
    ['cut off', 'd9d9f7830180a16161'],
    ['bytes after the end', 'd9d9f78301800500'],
    ['a newer version', 'd9d9f783028005'],
    ['an unknown tag', 'd9d9f7830180d9ffff00'],
    ['an array longer than the bytes', 'd9d9f78301809affffffff'],
  ])('%s is refused', (_name, bytes) => {
    expect(() => decode(Buffer.from(bytes, 'hex'))).toThrow(DecodeError);
  });
});

test('a conversion that throws is a refusal, and in lax mode a stand-in', () => {
  class Inner {
    toJSON(): never {
      throw new RangeError('not yet');
    }
  }
  class Outer {
    toJSON() {
      return { inner: new Inner() };
    }
    static load = () => new Outer();
  }
  class Model extends Inner {
    static load = () => new Model();
  }
  class Own {
    [Symbol.for('tagflow.encode')](): never {
      throw new Error('no');
    }
    static [Symbol.for('tagflow.decode')]() {
      return new Own();
    }
  }
  const classes = new ClassRegistry();
  classes.imported('models', { Outer, Model });
  classes.declare('Own', 'd', Own);
  for (const [value, reason] of [
    [new Model(), 'its toJSON() failed with “not yet”.'],
    [new Outer(), 'its toJSON() failed with “not yet”.'],
    [new Own(), 'its [Symbol.for("tagflow.encode")]() failed with “no”.'],
  ] as const) {
    expect(() => encode({ value }, { classes })).toThrow(EncodeError);
    expect(() => encode({ value }, { classes })).toThrow(`cannot be kept: ${reason}`);
    expect(guardDigest({ value }, { classes })).toBe(guardDigest({ value }, { classes }));
  }
});
