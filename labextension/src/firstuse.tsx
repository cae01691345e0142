/** Parts of the page that are loaded when they are first shown. */
import { useEffect, useReducer, useState, type ComponentType, type ReactNode } from 'react';

/**
 * A component that stands for another one until that is loaded. Unlike React's own `lazy` it does not keep a
 * failure: a network that is away for a moment costs a click, not a reload of the page.
 * @param waiting what is shown until then
 */
export function onFirstUse<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  waiting: ReactNode = null,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined;
  return function FirstUse(props: Props): ReactNode {
    const [tries, tryAgain] = useReducer((count: number) => count + 1, 0);
    const [failed, fail] = useState(false);
    const [, arrive] = useState(Loaded !== undefined);
    useEffect(() => {
      if (Loaded) return;
      fail(false);
      load().then(
        (module) => {
          Loaded = module.default;
          arrive(true);
        },
        () => fail(true),
      );
    }, [tries]);
    if (Loaded) return <Loaded {...props} />;
    if (!failed) return waiting;
    return (
      <p className="tf-Calm" role="alert">
        This part of the page could not be loaded.{' '}
        <button type="button" className="tf-Link" onClick={tryAgain}>
          Try again
        </button>
      </p>
    );
  };
}
