/** CommonJS modules as TypeScript sees them. */
const views = new WeakMap<object, object>();

/**
 * A module's namespace with the names of its CommonJS exports: those that Node's lexer missed, and for a module
 * compiled from ES syntax (`__esModule`) its own `default`, as TypeScript's `esModuleInterop` and every bundler have it.
 */
export function interoperable(namespace: object): object {
  const exported = (namespace as { default?: unknown }).default;
  if (exported === null || (typeof exported !== 'object' && typeof exported !== 'function')) return namespace;
  let view = views.get(namespace);
  if (view === undefined) {
    const properties = exported as Record<PropertyKey, unknown>;
    const compiled = properties['__esModule'] === true && 'default' in properties;
    view = new Proxy(namespace, {
      get(target, key) {
        if (compiled && key === 'default') return properties['default'];
        return key in target ? Reflect.get(target, key) : properties[key];
      },
      has: (target, key) => key in target || key in properties,
    });
    views.set(namespace, view);
  }
  return view;
}
