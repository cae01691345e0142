/** An arrow in the drawing with the names that flow along it; their types show on hover and focus. */
import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from '@xyflow/react';
import { memo, useEffect, useId, useState } from 'react';
import type { GraphEdge } from './graph.js';
import { curve, type Point } from './layout.js';
import { Tip } from './tip.js';

export type FlowData = {
  edge: GraphEdge;
  points: readonly Point[];
  label: Point;
  /** Whether it begins or ends at the selected step. */
  lit: boolean;
  /** Whether Tab leads to its label, from the step at its beginning or end. */
  inReach: boolean;
};

export type FlowEdge = Edge<FlowData, 'flow'>;

export const FlowArrow = memo(function FlowArrow({
  data,
  markerEnd,
}: EdgeProps<FlowEdge>): JSX.Element | null {
  if (!data) return null;
  const order = data.edge.values.length === 0;
  const className = `tf-Arrow${order ? ' tf-mod-order' : ''}${data.lit ? ' tf-mod-lit' : ''}`;
  return (
    <>
      <BaseEdge path={curve(data.points)} markerEnd={markerEnd ?? ''} className={className} />
      {!order && (
        <EdgeLabelRenderer>
          <FlowLabel {...data} />
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function FlowLabel({ edge, label, lit, inReach }: FlowData): JSX.Element {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const tipId = useId();
  const hide = (): void => setAnchor(null);
  // Also where the pointer has opened it, and what has the focus is elsewhere.
  useEffect(() => {
    if (!anchor) return;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setAnchor(null);
    };
    document.addEventListener('keydown', close, true);
    return () => document.removeEventListener('keydown', close, true);
  }, [anchor]);
  return (
    <div
      className={`tf-Flow nodrag nopan${lit ? ' tf-mod-lit' : ''}`}
      style={{
        transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)`,
        width: edge.width,
        height: edge.height,
      }}
      tabIndex={inReach ? 0 : -1}
      role="note"
      aria-label={`From ${edge.from} to ${edge.to}: ${edge.values.map((v) => v.name).join(', ')}`}
      aria-describedby={anchor ? tipId : undefined}
      onMouseEnter={(event) => setAnchor(event.currentTarget)}
      onMouseLeave={hide}
      onFocus={(event) => setAnchor(event.currentTarget)}
      onBlur={hide}
    >
      {edge.names.map((name) => (
        <span className="tf-Flow-name" key={name}>
          {name}
        </span>
      ))}
      {edge.more > 0 && <span className="tf-Flow-more">+ {edge.more} more</span>}
      {anchor && <Tip id={tipId} anchor={anchor} values={edge.values} />}
    </div>
  );
}
