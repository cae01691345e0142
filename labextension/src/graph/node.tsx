/** A step in the drawing. */
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { StepState } from '@tagflow/schema';
import { memo } from 'react';
import { StaleMark, StateMark } from '../parts/statemark.js';

export type StepData = {
  /** Number of the step's hue. */
  hue: number;
  /** Below the name: the state in words, or how many cells the step has. */
  detail: string;
  state: StepState | null;
  /** Whether earlier results stand for it. */
  stands: boolean;
  /** Why it would run again now, as a sentence; null if it would not. */
  stale: string | null;
  errors: number;
  warnings: number;
};

export type StepNode = Node<StepData, 'step'>;

export const StepBox = memo(function StepBox({ id, data, selected }: NodeProps<StepNode>): JSX.Element {
  return (
    <div
      className={`tf-Step${selected ? ' tf-mod-selected' : ''}`}
      data-state={data.state ?? 'none'}
      style={{ ['--tf-hue' as string]: `var(--tf-hue-${data.hue})` }}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <span className="tf-Step-text">
        <span className="tf-Step-name" title={id}>
          {id}
        </span>
        <span className="tf-Step-detail">{data.detail}</span>
      </span>
      {data.errors + data.warnings > 0 && (
        <span className="tf-Badge" data-severity={data.errors > 0 ? 'error' : 'warning'}>
          {data.errors > 0 ? data.errors : data.warnings}
        </span>
      )}
      {data.stale !== null && <StaleMark title={data.stale} />}
      {data.state && <StateMark state={data.state} stands={data.stands} />}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
});
