/** The dialog in which a step is named. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { STEP_NAME } from '@tagflow/schema';
import { nameProblem } from './tags.js';

/** Asks for a step's name; null when the user thinks better of it. */
export async function askStepName(suggestion: string, known: readonly string[]): Promise<string | null> {
  const body = new StepNameBody(suggestion, known);
  const { button, value } = await showDialog<string>({
    title: 'Tag as step',
    body,
    focusNodeSelector: 'input',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Tag' })],
  });
  const name = value ?? '';
  return button.accept && nameProblem(name) === null ? name : null;
}

let count = 0;

class StepNameBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor(
    suggestion: string,
    private readonly known: readonly string[],
  ) {
    super();
    this.addClass('tf-StepDialog');
    const id = `tf-step-name-${++count}`;
    const label = document.createElement('label');
    label.htmlFor = id;
    label.textContent = 'Name of the step';
    this.input.id = id;
    this.input.type = 'text';
    this.input.value = suggestion;
    // The dialog cannot be accepted while an input in it is invalid, and asks on each key before we hear of it:
    // so what is valid is the browser's to decide, and only the words are ours.
    this.input.required = true;
    this.input.pattern = STEP_NAME.source;
    this.input.spellcheck = false;
    this.input.autocomplete = 'off';
    this.input.className = 'jp-mod-styled';
    this.input.setAttribute('aria-describedby', `${id}-hint`);
    this.hint.id = `${id}-hint`;
    this.hint.className = 'tf-StepDialog-hint';
    this.hint.setAttribute('aria-live', 'polite');
    this.node.append(label, this.input, ...this.choices(id), this.hint);
    this.input.addEventListener('input', () => this.check());
    this.check();
  }

  getValue(): string {
    return this.input.value;
  }

  protected override onAfterAttach(): void {
    this.input.select();
  }

  /** The notebook's steps, to choose from: a step may have several cells. */
  private choices(id: string): HTMLElement[] {
    if (this.known.length === 0) return [];
    const list = document.createElement('datalist');
    list.id = `${id}-list`;
    for (const name of this.known) list.append(new Option(name, name));
    this.input.setAttribute('list', list.id);
    return [list];
  }

  private check(): void {
    const name = this.getValue();
    const problem = nameProblem(name);
    this.hint.classList.toggle('tf-mod-problem', problem !== null);
    this.hint.textContent =
      problem ??
      (this.known.includes(name)
        ? `The cell becomes part of the step ${name} that is there already.`
        : 'A new step with this name begins at the cell.');
  }

  private readonly input = document.createElement('input');
  private readonly hint = document.createElement('p');
}
