import type { Diagnostic, Range, Severity } from '@tagflow/schema';

interface Entry {
  severity: Severity;
  /** What is wrong; `{name}` stands for a value of the case. */
  sentence: string;
  /** What to do about it. */
  advice: string;
}

/** How package.json names local files. */
export const IMPORTS = '`"imports": { "#lib/*": "./lib/*" }`';

/**
 * Every diagnostic of Tagflow's own. Codes are stable: a code is never given another meaning.
 * TF1 the notebook and its tags, TF2 the order of steps, TF3 names and values, TF4 types of values, TF5 the place,
 * TF6 the live notebook: what a cell that is run takes from others, TF8 the cluster: what a run there would meet.
 */
export const DIAGNOSTICS = {
  TF101: {
    severity: 'warning',
    sentence: 'The notebook is written for {language}, and Tagflow reads TypeScript.',
    advice: 'Choose the kernel "Tagflow" for this notebook and save it.',
  },
  TF102: {
    severity: 'error',
    sentence: 'Two cells have the id {id}.',
    advice: 'Delete one of the two cells and write it anew, which gives it an id of its own.',
  },
  TF103: {
    severity: 'error',
    sentence: 'The id {id} of a cell is no valid cell id.',
    advice: 'Save the notebook with JupyterLab, which writes valid ids: letters, digits, - and _.',
  },
  TF104: {
    severity: 'info',
    sentence: 'The notebook has no step.',
    advice: 'Tag a cell `step:NAME` to make it a step of the pipeline.',
  },
  TF105: {
    severity: 'error',
    sentence: 'The tags of the cell cannot be read: {reason}.',
    advice: 'In `metadata.tags`, write a list of strings.',
  },
  TF106: {
    severity: 'error',
    sentence: '`{tag}` is no tag of a step.',
    advice:
      'Name a step with at most 40 lower-case letters and digits, words joined by single hyphens: `step:train-model`.',
  },
  TF107: {
    severity: 'error',
    sentence: 'The cell has several roles: {tags}.',
    advice: 'Keep one of these tags.',
  },
  TF108: {
    severity: 'error',
    sentence: 'The setting {setting} of the cell {reason}.',
    advice: "Correct it in the cell's settings (`metadata.tagflow`).",
  },
  TF109: {
    severity: 'error',
    sentence: 'The setting {setting} of the notebook {reason}.',
    advice: "Correct it in the notebook's settings (`metadata.tagflow`).",
  },
  TF110: {
    severity: 'warning',
    sentence: 'The tsconfig.json beside the notebook is not fully read: {problem}.',
    advice: 'Correct it there; until then the kernel does without.',
  },

  TF201: {
    severity: 'error',
    sentence: 'Step {step} goes on here, although step {other} has begun since.',
    advice: 'Put the cells of one step together, or give this cell a step of its own.',
  },
  TF202: {
    severity: 'error',
    sentence: 'Step {step} comes after {other}, but no step has this name.',
    advice: 'Correct the name in the setting `after`, or delete it there.',
  },
  TF203: {
    severity: 'error',
    sentence: 'Step {step} comes after itself.',
    advice: 'Delete it from the setting `after`.',
  },
  TF204: {
    severity: 'error',
    sentence: 'Step {step} cannot come after {other}, which stands below it in the notebook.',
    advice: 'Move the cells of {other} above, or delete {other} from the setting `after`.',
  },
  TF205: {
    severity: 'warning',
    sentence:
      'Nothing says what step {step} comes after: it takes no value of another step, so it starts at once.',
    advice:
      'If it needs what another step has done, name that step in the setting `after`; if not, set it to `[]`.',
  },

  TF301: {
    severity: 'error',
    sentence: 'Step {step} needs {name}, which a cell outside every step makes{why}.',
    advice: 'Tag that cell as a step, as `setup` or as `parameters`, so that the pipeline makes {name} too.',
  },
  TF302: {
    severity: 'error',
    sentence: 'Step {step} needs {name}, which a cell tagged `skip` declares.',
    advice: 'Rename one of the two, or take the tag off that cell.',
  },
  TF303: {
    severity: 'error',
    sentence: '{name} is declared in a cell below this one.',
    advice: 'Move that cell above this one: a cell sees the cells above it, in the order of the notebook.',
  },
  TF304: {
    severity: 'error',
    sentence: '{change} changes {name} in place, which step {step} takes from {origin}.',
    advice: 'Work on a copy: `structuredClone({name})`, `[...{name}]`, `{name}.toSorted()`.',
  },
  TF305: {
    severity: 'error',
    sentence: '{name} is changed here, in a cell outside every step, and step {step} reads it below.',
    advice: 'Tag this cell as part of a step, or leave {name} as it is.',
  },
  TF306: {
    severity: 'error',
    sentence: '{name} is a parameter, and a parameter is never assigned.',
    advice: 'Declare another variable with the value that you need.',
  },
  TF307: {
    severity: 'error',
    sentence: 'Step {step} changes {name}, which a cell tagged `setup` makes.',
    advice:
      'Every step evaluates setup anew, so the change would be lost: make {name} in a step. What may be lost, as a cache may, is hidden in a function: `const f = (() => { const cache = …; return (x) => … })()`.',
  },
  TF308: {
    severity: 'error',
    sentence: 'Setup needs {name}, which step {step} makes.',
    advice: 'Setup runs before every step. Move this code to a step, or make {name} in setup.',
  },
  TF309: {
    severity: 'warning',
    sentence: '{call} may change the state of the package {package}, which only this process sees.',
    advice: 'Put it in a cell tagged `setup`, which runs wherever {name} is used.',
  },
  TF310: {
    severity: 'error',
    sentence: 'A promise is not awaited.',
    advice: 'Write `await` before it: a step ends when its last statement has settled.',
  },
  TF311: {
    severity: 'error',
    sentence:
      '`using` at the top level of a cell of a step lasts to the end of the step, in the notebook to the end of the cell.',
    advice: 'Put it into a block, with what uses it: `{ using handle = …; … }`.',
  },
  TF312: {
    severity: 'warning',
    sentence:
      '{change} changes {name}, which belongs to the whole process: other steps run in processes of their own.',
    advice:
      'Put it in a cell tagged `setup`, which runs for every step below it, or pass the value by a variable.',
  },

  TF313: {
    severity: 'warning',
    sentence:
      'There are two classes {name} that say the same: of which one an instance is, no other step can tell.',
    advice: 'Delete the copy, or rename one: a step that is given an instance and has both of them fails.',
  },
  TF331: {
    severity: 'warning',
    sentence:
      'This `foreach` runs within one process, because its body is not written here and does not travel.',
    advice:
      'Write the function in the call, or declare it with `function` or `const` at the top level, so that its items can be spread.',
  },
  TF333: {
    severity: 'error',
    sentence: 'The body of `foreach` assigns {name}, which is not its own.',
    advice:
      'Return what it finds, and bring the results together after the loop: items run in processes of their own.',
  },
  TF334: {
    severity: 'error',
    sentence: '{change} in the body of `foreach` changes {name} in place, which is not its own.',
    advice:
      'Return what it finds, and bring the results together after the loop: items run in processes of their own.',
  },
  TF335: {
    severity: 'error',
    sentence: '{change} in the body of `foreach` changes its item in place.',
    advice: 'Return a changed copy, such as `{ ...item }`: the item itself stays as it was.',
  },
  TF336: {
    severity: 'error',
    sentence: 'Step {step} needs {name} here, before the statement that makes it.',
    advice:
      'Move the statement that makes {name} above this one; a loop or a condition cuts the step in two.',
  },
  TF337: {
    severity: 'error',
    sentence: '{name} is declared with `var` in a branch, and the branch is a program of its own.',
    advice: 'Declare it before the `if`, with `let`.',
  },

  TF321: {
    severity: 'error',
    sentence: 'A cell tagged `parameters` holds only constants with JSON values: {what}.',
    advice:
      'Write `const name = value` with a number, a string, a boolean, null, a list or an object of these.',
  },
  TF322: {
    severity: 'error',
    sentence: 'The parameter {name} is declared twice.',
    advice: 'Keep one of the two.',
  },
  TF323: {
    severity: 'error',
    sentence: 'The value injected for the parameter {name} does not fit its type {type}.',
    advice: 'Give a value of that type.',
  },
  TF324: {
    severity: 'warning',
    sentence: 'A value is injected for {name}, and the notebook has no such parameter.',
    advice: 'Declare {name} in a cell tagged `parameters` above, or do not give it.',
  },

  TF401: {
    severity: 'error',
    sentence: 'Step {step} takes {name}, which cannot go from one step to another: {path} is {what}.',
    advice: '{remedy}',
  },
  TF403: {
    severity: 'error',
    sentence:
      'A loop or condition cuts step {step} in two, and {name} cannot go from one to the other: {path} is {what}.',
    advice: '{remedy}',
  },
  TF404: {
    severity: 'warning',
    sentence:
      'Step {step} takes {name}, which cannot go from one step to another if {path} is {what}, as its type allows.',
    advice: 'Where it never is, give {name} a type that says so: where it is, the step that makes it fails.',
  },
  TF405: {
    severity: 'warning',
    sentence:
      'A loop or condition cuts step {step} in two, and {name} cannot go from one to the other if {path} is {what}, as its type allows.',
    advice: 'Where it never is, give {name} a type that says so: where it is, the step fails.',
  },
  TF402: {
    severity: 'error',
    sentence: 'Step {step} takes {name}, {what} that does not travel: {reason}.',
    advice:
      'Take that out of it, so that it goes with each step that uses it; or keep its use within one step.',
  },

  TF501: {
    severity: 'error',
    sentence:
      '{call} names a file by a path that is relative to the notebook, and a step runs in an empty folder.',
    advice:
      'Declare a file that is read with `file({path})` from "tagflow", or in the setting `files`; return results as values.',
  },
  TF502: {
    severity: 'error',
    sentence: 'Step {step} reads the environment variable {variable}, which it does not declare.',
    advice:
      "Name it in the step's settings: under `env` with its value, `envFrom` without, `secrets` if it is secret.",
  },
  TF503: {
    severity: 'warning',
    sentence:
      'What this `import()` loads is only known when step {step} runs: no cluster has it, and no result is cached.',
    advice: 'Write out what may be imported, `{ a: () => import("./a.ts") }`, and choose from that.',
  },
  TF504: {
    severity: 'warning',
    sentence: 'The text of {name} is its code, which a run has in another form than the notebook.',
    advice: 'Write down the text that you need, or take `{name}.name`.',
  },
  TF505: {
    severity: 'warning',
    sentence:
      'Step {step} uses `require`, which cells do not have and programs of steps have in a form of their own.',
    advice: 'Write `import … from "…"`, or `import x = require("…")`.',
  },
  TF506: {
    severity: 'info',
    sentence: 'No cell uses what is imported from {specifier}, so no step loads it.',
    advice: 'If it is there for what loading it does, write `import {specifier}`, without names.',
  },
  TF507: {
    severity: 'error',
    sentence:
      'Only the compiler finds {specifier}{where}: it follows `paths` or `baseUrl` in tsconfig.json, and code that runs does not.',
    advice: `Import it by a relative path; or by a name that Node knows too: ${IMPORTS} in package.json lets \`#lib/x.ts\` be lib/x.ts beside it.`,
  },
  TF508: {
    severity: 'warning',
    sentence:
      'Step {step} loads local files that ask for their own place: {asked}. In a run they are part of a program that lies elsewhere.',
    advice:
      'Declare what is read beside them with `file("…")` from "tagflow" in a cell, or in the setting `files`, and hand over its path or what is in it; return results as values.',
  },

  TF601: {
    severity: 'warning',
    sentence: '{name} comes from a cell that is no longer in the notebook.',
    advice: 'Declare it in a cell above: after a restart of the kernel it would be gone.',
  },
  TF602: {
    severity: 'warning',
    sentence: '{name} comes from a cell below this one.',
    advice: 'Move that cell above this one: run from the top, the notebook would not know {name} here.',
  },
  TF603: {
    severity: 'warning',
    sentence:
      '{name} does not come from the nearest cell above that declares it: that cell has not been run as it stands.',
    advice: 'Run that cell, then this one.',
  },
  TF604: {
    severity: 'warning',
    sentence: '{name} comes from a cell that was edited after it ran.',
    advice: 'Run that cell again, then this one.',
  },
  TF605: {
    severity: 'error',
    sentence: 'A cell has no `import.meta`: it is not a file.',
    advice: 'The folder of the notebook is `process.cwd()`.',
  },

  TF801: {
    severity: 'error',
    sentence: 'On a cluster, the setting {setting} of step {step} {reason}.',
    advice: "Correct it in the settings of the step's cell, or in the notebook's `defaults`.",
  },
  TF802: {
    severity: 'error',
    sentence: 'The setting cluster.{setting} of the notebook {reason}.',
    advice: "Correct it in the notebook's settings (`metadata.tagflow`).",
  },
  TF803: {
    severity: 'error',
    sentence: 'The setting {setting} of the project {reason}.',
    advice: 'Correct it under `tagflow` in package.json.',
  },
  TF804: {
    severity: 'error',
    sentence: '`{image}` is no name of an image.',
    advice: 'Name it with its registry and digest: `registry.example.com/team/image@sha256:…`.',
  },
  TF805: {
    severity: 'warning',
    sentence:
      'The image {image} is named without its digest, and its registry does not tell it here: pods of one run may get different ones, and results of its steps stand for no other run.',
    advice: 'Name it with its digest: `NAME@sha256:…`.',
  },
  TF806: {
    severity: 'error',
    sentence: 'The pipeline is too large for Argo Workflows: {count} {what}, and {most} are possible.',
    advice: 'Join steps that follow one another, or divide the notebook.',
  },
  TF807: {
    severity: 'error',
    sentence: 'The notebook has no step that could run on a cluster.',
    advice: 'Tag a cell `step:NAME` to make it a step of the pipeline.',
  },
} as const satisfies Record<string, Entry>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** Where a diagnostic belongs: a cell and a range in it, a cell, or the notebook as a whole. */
export interface Place {
  cell?: string;
  range?: Range;
}

/** A diagnostic of the table with the values of the case put in. */
export function diagnose(
  code: DiagnosticCode,
  place: Place,
  values: Record<string, string> = {},
): Diagnostic {
  const { severity, sentence, advice } = DIAGNOSTICS[code];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  return { code, severity, message: fill(sentence), advice: fill(advice), ...place };
}
