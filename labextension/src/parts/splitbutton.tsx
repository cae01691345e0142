/** A button, and beside it one that opens a menu of its variants. */
import { caretDownIcon, MenuSvg, type LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { useEffect, useRef } from 'react';

export interface SplitButtonProps {
  label: string;
  icon: LabIcon;
  /** Names the button in tests and styles. */
  className: string;
  title: string;
  disabled: boolean;
  onClick: () => void;
  commands: CommandRegistry;
  /** Ids of the menu's commands. */
  variants: readonly string[];
  /** Whether none of the variants is possible. */
  noVariant: boolean;
}

export function SplitButton(props: SplitButtonProps): JSX.Element {
  const { label, icon, className, title, disabled, onClick, commands, variants, noVariant } = props;
  const opener = useRef<HTMLButtonElement>(null);
  const menu = useRef<MenuSvg | null>(null);
  useEffect(() => () => menu.current?.dispose(), []);
  const open = (): void => {
    const made = new MenuSvg({ commands });
    for (const command of variants) made.addItem({ command });
    made.aboutToClose.connect(() => {
      opener.current?.setAttribute('aria-expanded', 'false');
      opener.current?.focus();
    });
    menu.current?.dispose();
    menu.current = made;
    const { left, bottom } = opener.current!.getBoundingClientRect();
    made.open(left, bottom);
    made.activateNextItem();
    opener.current!.setAttribute('aria-expanded', 'true');
  };
  return (
    <span className="tf-SplitButton">
      <button
        type="button"
        className={`tf-Button ${className}`}
        disabled={disabled}
        title={title}
        onClick={onClick}
      >
        <icon.react tag="span" className="tf-Button-icon" />
        {label}
      </button>
      <button
        type="button"
        ref={opener}
        className={`tf-Button tf-SplitButton-more ${className}More`}
        disabled={noVariant}
        aria-label={`Other ways to ${label.toLowerCase()}`}
        title={`Other ways to ${label.toLowerCase()}`}
        aria-haspopup="menu"
        aria-expanded="false"
        onClick={open}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          open();
        }}
      >
        <caretDownIcon.react tag="span" className="tf-Button-icon" />
      </button>
    </span>
  );
}
