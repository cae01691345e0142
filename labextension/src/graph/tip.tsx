/** A small window at something in the drawing: the names and types that flow along an edge. */
import { shownType } from '@tagflow/schema';
import { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

export interface TipProps {
  id: string;
  anchor: Element;
  values: readonly { name: string; type: string }[];
}

const GAP = 6;

/** Stands at the left of its anchor, so that the drawing stays in sight, or else below it; always inside the window. */
export function Tip({ id, anchor, values }: TipProps): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const box = node.current!.getBoundingClientRect();
    const at = anchor.getBoundingClientRect();
    const beside = at.left - GAP - box.width;
    const centred = at.top + at.height / 2 - box.height / 2;
    const lowest = window.innerHeight - GAP - box.height;
    setPlace(
      beside >= GAP
        ? { left: beside, top: Math.max(GAP, Math.min(centred, lowest)) }
        : { left: GAP, top: Math.max(GAP, Math.min(at.bottom + GAP, lowest)) },
    );
  }, [anchor, values]);
  return createPortal(
    <div className="tf-Tip jp-ThemedContainer" role="tooltip" id={id} ref={node} style={place}>
      {values.map(({ name, type }) => (
        <div key={name}>
          <b>{name}</b>: {shownType(type)}
        </div>
      ))}
    </div>,
    document.body,
  );
}
