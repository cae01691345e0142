/** Which value each variable has at the end of each step: what later steps are given. */
import type { Pipeline, Step, VariableId } from '@tagflow/schema';
import { encode } from '../store/codec.js';
import { putBlob } from '../store/content.js';
import type { Store } from '../store/store.js';
import { inputOf } from './fan-out.js';
import { sourceOf } from './source.js';
import type { StepInput } from './step-request.js';

export class Versions {
  /** Parameters belong to no step. */
  private readonly made = new Map<string, StepInput>();

  /** With the values of the parameters, which are kept in the store like what steps make. */
  static async of(
    store: Store,
    pipeline: Pick<Pipeline, 'parameters'>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Versions> {
    const versions = new Versions();
    await Promise.all(
      pipeline.parameters.map(async ({ name, variable }) => {
        const crossing = await putBlob(store, encode(values[name], { name }));
        versions.made.set(place(undefined, variable), inputOf(crossing, sourceOf(undefined, name)));
      }),
    );
    return versions;
  }

  /** What a step made, or left as it was. */
  add({ name, produces }: Step, versions: ReadonlyMap<VariableId, StepInput>): void {
    for (const { variable } of produces) {
      const version = versions.get(variable);
      if (version) this.made.set(place(name, variable), version);
    }
  }

  /** What a step consumes, as far as it is there. */
  inputsOf({ consumes }: Step): Map<VariableId, StepInput> {
    return new Map(
      consumes.flatMap(({ variable, from }) => {
        const input = this.made.get(place(from, variable));
        return input === undefined ? [] : [[variable, input]];
      }),
    );
  }

  /** Steps of which something is consumed that is not there. */
  missing({ consumes }: Step): string[] {
    const steps = consumes.flatMap(({ variable, from }) =>
      this.made.has(place(from, variable)) ? [] : [from!],
    );
    return [...new Set(steps)];
  }
}

function place(step: string | undefined, variable: VariableId): string {
  return `${step ?? ''} ${variable}`;
}
