/** A part of the panel that can be folded. */
import type { ReactNode } from 'react';

export interface SectionProps {
  title: string;
  /** Shown beside the title, such as a count. */
  aside?: ReactNode;
  open?: boolean;
  children: ReactNode;
}

/** Folding is the browser's own: keys and screen readers know it. `open` is only its first state. */
export function Section({ title, aside, open = false, children }: SectionProps): JSX.Element {
  return (
    <details className="tf-Section" open={open}>
      <summary className="tf-Section-title">
        <h3>{title}</h3>
        {aside}
      </summary>
      <div className="tf-Section-body">{children}</div>
    </details>
  );
}
