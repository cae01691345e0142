/** A part of the panel that can be folded. */
import { useState, type ReactNode } from 'react';

export interface SectionProps {
  title: string;
  /** Shown beside the title, such as a count. */
  aside?: ReactNode;
  /** Its first state. */
  open?: boolean;
  children: ReactNode;
}

/** Folding is the browser's own: keys and screen readers know it. What is folded is not drawn, which spares much. */
export function Section({ title, aside, open = false, children }: SectionProps): JSX.Element {
  const [isOpen, setOpen] = useState(open);
  return (
    <details className="tf-Section" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="tf-Section-title">
        <h3>{title}</h3>
        {aside}
      </summary>
      {isOpen && <div className="tf-Section-body">{children}</div>}
    </details>
  );
}
