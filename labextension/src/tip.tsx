/** A small window at something in the drawing: the names and types that flow along an edge. */
import { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

export interface TipProps {
  id: string;
  anchor: Element;
  values: readonly { name: string; type: string }[];
}

const GAP = 6;

/** Stands below its anchor, or above it where there is no room, always inside the browser window. */
export function Tip({ id, anchor, values }: TipProps): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const box = node.current!.getBoundingClientRect();
    const at = anchor.getBoundingClientRect();
    const below = at.bottom + GAP + box.height < window.innerHeight;
    const centred = at.left + at.width / 2 - box.width / 2;
    setPlace({
      left: Math.max(GAP, Math.min(centred, window.innerWidth - box.width - GAP)),
      top: below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - box.height),
    });
  }, [anchor, values]);
  return createPortal(
    <div className="tf-Tip jp-ThemedContainer" role="tooltip" id={id} ref={node} style={place}>
      {values.map(({ name, type }) => (
        <div key={name}>
          <b>{name}</b>: {type}
        </div>
      ))}
    </div>,
    document.body,
  );
}
