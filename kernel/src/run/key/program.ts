/** What the key of a program's run is made of, gathered from where it runs. */
import type { Crossing, Program, Step, VariableId } from '@tagflow/schema';
import { labelsOf } from '../../language/labels.js';
import { CODEC_VERSION, decode } from '../../store/codec.js';
import { getBlob } from '../../store/content.js';
import type { Store } from '../../store/store.js';
import type { Links } from '../links.js';
import { type KeyFacts, type KeyParts, keyOf, keyParts } from './key.js';
import type { LocalFiles } from './local-files.js';
import { type Packages, packagesOf } from './packages.js';
import { sha256 } from './sha256.js';
import { type SharedInput, sharingOf } from '../step/sharing.js';
import type { StepInput } from '../step-request.js';
import type { Surroundings } from './surroundings.js';

export interface KeyedRun {
  step: Step;
  program: Program;
  inputs: Record<string, StepInput>;
  results?: readonly StepInput[];
  locals?: Readonly<Record<string, StepInput>>;
}

/** A key with what it is made of. */
export interface ProgramKey {
  key: string;
  parts: KeyParts;
  /** What flows in, as results are told in terms of. */
  inputs: SharedInput[];
}

/** What stays the same for all programs of a run, found once. */
export class ProgramKeys {
  private readonly places = new Map<Program, Promise<Partial<KeyFacts>>>();
  private readonly links = new Map<string, Promise<Links>>();
  private readonly localFiles = new Map<Program, Promise<LocalFiles>>();
  /** By specifiers. */
  private readonly packages = new Map<string, Packages>();

  constructor(
    private readonly store: Store,
    private readonly surroundings: Surroundings,
    /** Values by name. */
    private readonly parameters: Readonly<Record<string, unknown>>,
  ) {}

  /**
   * Looks at the local files of programs now, when their code has just been bundled: a file that is edited while the
   * run goes on must not enter the key of code that was made of it before.
   */
  async hold(programs: readonly Program[]): Promise<void> {
    await Promise.all(programs.map((program) => this.localFilesFor(program)));
  }

  /** Declared files that are not what they were when the program's key was made. */
  async changedFiles(step: Step, program: Program): Promise<string[]> {
    const { files: before = {} } = (await this.places.get(program)) ?? {};
    const now = await this.surroundings.files(step);
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
      (path) => before[path] !== now[path],
    );
  }

  async of(run: KeyedRun): Promise<ProgramKey> {
    const { step, program, results = [], locals = {} } = run;
    const labels = labelsOf(program.inputs);
    const parameters = new Set(
      step.consumes.filter(({ from }) => from === undefined).map(({ variable }) => variable),
    );
    const inputs = await this.sharedInputs(run, labels);
    const facts: KeyFacts = {
      code: program.code ?? { source: sha256(program.source) },
      inputs: Object.fromEntries(
        Object.entries(run.inputs).flatMap(([variable, { digest }]) =>
          parameters.has(variable) ? [] : [[labels.get(variable)!, digest]],
        ),
      ),
      sharing: sharingOf(inputs),
      parameters: Object.fromEntries(
        step.consumes.flatMap(({ name, variable }) =>
          parameters.has(variable) && variable in run.inputs ? [[name, this.parameters[name]]] : [],
        ),
      ),
      ...((await this.placeOf(step, program)) as Omit<
        KeyFacts,
        'code' | 'inputs' | 'parameters' | 'packages'
      >),
      ...(await this.packagesFor(program, [
        ...Object.values(run.inputs),
        ...results,
        ...Object.values(locals),
      ])),
      more: {
        ...(program.collects ? { 'results of the loop': digestOf(results) } : {}),
        ...Object.fromEntries(Object.entries(locals).map(([name, { digest }]) => [`local ${name}`, digest])),
      },
    };
    const parts = keyParts(facts);
    return { key: keyOf(parts), parts, inputs };
  }

  /** The key of an item of a body: the same item in another place of the list has the same, unless the body counts. */
  async ofItem(
    body: ProgramKey,
    program: Program,
    item: StepInput,
    at: { index: number; occurrence: number },
  ): Promise<ProgramKey> {
    const inputs = [...body.inputs, await this.shared(ITEM, item)];
    const sharing = item.identity === undefined ? undefined : sharingOf(inputs);
    const packages = item.packages ? packagesOf(item.packages, this.surroundings.directory).versions : {};
    const parts: KeyParts = {
      ...body.parts,
      ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`package ${name}`, version])),
      item: item.digest,
      'occurrence of the item': String(at.occurrence),
      ...(program.indexed ? { index: String(at.index) } : {}),
      ...(sharing === undefined ? {} : { 'shared objects': sharing }),
    };
    return { key: keyOf(parts), parts, inputs };
  }

  private sharedInputs(
    { inputs, results = [], locals = {} }: KeyedRun,
    labels: ReadonlyMap<VariableId, string>,
  ): Promise<SharedInput[]> {
    return Promise.all([
      ...Object.entries(inputs).map(([variable, input]) => this.shared(labels.get(variable)!, input)),
      ...results.map((result, index) => this.shared(`result ${index}`, result)),
      ...Object.entries(locals).map(([name, local]) => this.shared(`local ${name}`, local)),
    ]);
  }

  private async shared(label: string, { source, identity }: StepInput): Promise<SharedInput> {
    return { label, source, ...(identity === undefined ? {} : { links: await this.linksIn(identity) }) };
  }

  linksIn(identity: NonNullable<Crossing['identity']>): Promise<Links> {
    const known =
      this.links.get(identity) ?? getBlob(this.store, identity).then((bytes) => decode(bytes) as Links);
    this.links.set(identity, known);
    return known;
  }

  /** What the program imports, and what comes along with instances that flow in: their methods are its code too. */
  private async packagesFor(
    program: Program,
    inputs: readonly StepInput[],
  ): Promise<Pick<KeyFacts, 'packages' | 'platform'>> {
    const local = await this.localFilesFor(program);
    const flowing = inputs.flatMap(({ packages = [] }) => packages);
    const specifiers = [...new Set([...program.packages, ...local.packages, ...flowing])].sort();
    const id = specifiers.join(' ');
    const known = this.packages.get(id) ?? packagesOf(specifiers, this.surroundings.directory);
    this.packages.set(id, known);
    const { versions, native } = known;
    return {
      packages: versions,
      ...(native.length > 0 ? { platform: `${process.platform} ${process.arch}` } : {}),
    };
  }

  private localFilesFor(program: Program): Promise<LocalFiles> {
    const known = this.localFiles.get(program) ?? this.surroundings.localFiles(program);
    this.localFiles.set(program, known);
    return known;
  }

  private placeOf(step: Step, program: Program): Promise<Partial<KeyFacts>> {
    const known = this.places.get(program) ?? this.findPlace(step, program);
    this.places.set(program, known);
    return known;
  }

  private async findPlace(step: Step, program: Program): Promise<Partial<KeyFacts>> {
    const { settings } = step;
    const local = await this.localFilesFor(program);
    const env = (settings.envFrom ?? []).map((name) => [name, this.surroundings.env[name]]);
    const image = this.surroundings.image(step);
    return {
      env: settings.env ?? {},
      envFrom: Object.fromEntries(env) as KeyFacts['envFrom'],
      secrets: settings.secrets ?? [],
      files: await this.surroundings.files(step),
      localFiles: local.digests,
      ...(image === undefined ? {} : { image }),
      node: Number(process.versions.node.split('.')[0]),
      codec: CODEC_VERSION,
    };
  }
}

function digestOf(values: readonly StepInput[]): string {
  return sha256(values.map(({ digest }) => digest).join(' '));
}

/** The label of an item among what flows into a body. */
export const ITEM = 'item';
