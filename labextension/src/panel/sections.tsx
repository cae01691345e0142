/** The foldable parts below the drawing: problems, parameters, the selected step, all steps. */
import type { Diagnostic, Pipeline, StepRun } from '@tagflow/schema';
import type { CommandRegistry } from '@lumino/commands';
import { useCallback, useMemo } from 'react';
import { Details } from './details.js';
import { ParameterForm } from '../run/form.js';
import type { NotebookPipeline } from '../model.js';
import { Outline } from './outline.js';
import { Problems } from '../parts/problems.js';
import type { AttemptActions } from '../run/attempts.js';
import type { ArtifactActions } from '../run/results.js';
import { revealPosition } from '../step/reveal.js';
import { Section } from '../parts/section.js';
import { logOf, shownRun, sortedDiagnostics, staleReasons, stepRun, type PipelineState } from '../state.js';
import { Command } from '../tokens.js';

/** That there is no step yet is said where else the drawing is, with how to begin. */
const NO_STEP = 'TF104';

export interface SectionsProps {
  model: NotebookPipeline;
  state: PipelineState;
  pipeline: Pipeline;
  now: number;
  commands: CommandRegistry;
  onSelect: (step: string) => void;
  /** Goes to where a step failed. */
  onFailure: (step: StepRun) => void;
}

export function Sections(props: SectionsProps): JSX.Element {
  const { model, state, pipeline, now, commands, onSelect, onFailure } = props;
  const diagnostics = useMemo(
    () => sortedDiagnostics(pipeline).filter(({ code }) => code !== NO_STEP),
    [pipeline],
  );
  const shown = shownRun(state);
  const reveal = ({ cell, range }: Diagnostic): void => {
    if (cell !== undefined) void revealPosition(model.panel, cell, range?.start);
  };
  const fetchLog = useCallback((step: string): void => void model.runs.fetchLog(step), [model]);
  return (
    <>
      {diagnostics.length > 0 && !state.past && (
        <Section
          title="Problems"
          aside={<Count of={diagnostics.length} severity={diagnostics[0]!.severity} />}
          open
        >
          <Problems pipeline={pipeline} diagnostics={diagnostics} onReveal={reveal} />
        </Section>
      )}
      {pipeline.parameters.length > 0 && !state.past && (
        <Section title="Parameters" aside={<Count of={pipeline.parameters.length} />} open>
          <ParameterForm
            parameters={pipeline.parameters}
            entries={state.entries}
            onEnter={(name, entry) => model.enter(name, entry)}
          />
        </Section>
      )}
      {state.past && <PastParameters parameters={state.past.run.parameters} />}
      {state.selected !== null && pipeline.steps.some(({ name }) => name === state.selected) && (
        <Section title={`Step ${state.selected}`} open>
          <Details
            pipeline={pipeline}
            name={state.selected}
            run={stepRun(shown, state.selected)}
            stale={staleReasons(state, state.selected)}
            log={logOf(shown, state.selected)}
            now={now}
            actions={actionsOf(model, commands, shown?.run.id ?? '', state.selected)}
            onShown={fetchLog}
            onFailure={onFailure}
            onSettings={settingsOf(props, state.selected)}
          />
        </Section>
      )}
      {pipeline.steps.length > 0 && (
        <Section title="Steps and values" aside={<Count of={pipeline.steps.length} />}>
          <Outline
            pipeline={pipeline}
            staleOf={(step) => staleReasons(state, step)}
            selected={state.selected}
            onSelect={onSelect}
          />
        </Section>
      )}
    </>
  );
}

/** The form is that of the active cell, so the step's first cell becomes it. */
function settingsOf({ state, commands, onSelect }: SectionsProps, step: string): (() => void) | undefined {
  if (state.past || !commands.hasCommand(Command.stepSettings)) return undefined;
  return () => {
    onSelect(step);
    void commands.execute(Command.stepSettings);
  };
}

function actionsOf(
  model: NotebookPipeline,
  commands: CommandRegistry,
  run: string,
  step: string,
): ArtifactActions & AttemptActions {
  return {
    attempts: () => model.past.attempts(run, step),
    attemptLog: (attempt) => model.past.attemptLog(run, step, attempt),
    read: (name) => model.past.artifact({ run, step, name }),
    insert: ({ name }) => void commands.execute(Command.insertArtifact, { run, step, name }),
    trace: ({ name }) => void commands.execute(Command.showLineage, { run, step, name }),
  };
}

function PastParameters({ parameters }: { parameters: Record<string, unknown> }): JSX.Element | null {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return (
    <Section title="Parameters" aside={<Count of={entries.length} />} open>
      <ul className="tf-Values">
        {entries.map(([name, value]) => (
          <li key={name} className="tf-Value tf-Value-alone">
            <code>
              <b>{name}</b> = {JSON.stringify(value)}
            </code>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Count({
  of,
  severity,
}: {
  of: number;
  severity?: Diagnostic['severity'];
}): JSX.Element | null {
  if (of === 0) return null;
  return (
    <span className={severity ? 'tf-Badge' : 'tf-Count'} data-severity={severity}>
      {of}
    </span>
  );
}
