/** The command line. Each command loads what it needs when it is called, so that help and listings are quick. */
import { Command, CommanderError, Option } from 'commander';
import { BAD_USAGE, fail } from './command/failure.js';
import { assignment, count, duration, image, segment, since, tag } from './command/option.js';
import { VERSION } from './run/version.js';

/** In milliseconds. */
const DAY = 86_400_000;
const RUN_STATES = ['running', 'succeeded', 'failed', 'stopped', 'lost'];

const program = new Command('tagflow')
  .description('Tag notebook cells, get a typed pipeline.')
  .version(VERSION)
  .showHelpAfterError('(--help shows how)')
  .exitOverride();

const json = new Option('--json', 'print JSON, for programs');
const place = new Option('-C, --directory <folder>', "the notebook's folder, if not this one").default(
  '.',
  'this one',
);

/** An option whose values are a list. */
const repeated = (
  flags: string,
  description: string,
  parse: (value: string, before: string[]) => string[],
): Option => new Option(flags, description).argParser(parse).default([], 'none');

program
  .command('check')
  .description('Show the pipeline of a notebook and what is wrong with it; exit code 1 if there are errors.')
  .argument('<notebook>', 'an .ipynb file')
  .option('--stale', 'also say which steps would run again, and why')
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow check analysis.ipynb --stale')
  .action(async (notebook: string, options) => (await import('./command/check.js')).check(notebook, options));

program
  .command('run')
  .description(
    'Run the pipeline of a notebook on this machine; exit code 1 if it fails, 2 if the notebook has errors.',
  )
  .argument('<notebook>', 'an .ipynb file')
  .addOption(repeated('-p, --param <name=value>', 'a value for a parameter; may be repeated', assignment))
  .addOption(repeated('--tag <tag>', 'file the run under a name, or name=value; may be repeated', tag))
  .option('--no-cache', 'run every step, also where an earlier result could stand for it')
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow run analysis.ipynb --param trees=50 --param label=first')
  .action(async (notebook: string, options) => (await import('./command/run.js')).run(notebook, options));

for (const [kind, description] of [
  ['resume', 'Go on with a run, with the notebook as it is now: what succeeded and has not changed stands.'],
  ['retry', 'Go on with a run, with the notebook as it was then: what succeeded stands.'],
] as const) {
  program
    .command(kind)
    .description(`${description} A new run is made.`)
    .argument('<run>', '`latest`, an id or the beginning of one')
    .addOption(
      repeated('-p, --param <name=value>', 'another value for a parameter; may be repeated', assignment),
    )
    .addOption(repeated('--tag <tag>', 'file the run under a name, or name=value; may be repeated', tag))
    .option('--no-cache', 'of other runs no result stands')
    .addOption(place)
    .addOption(json)
    .addHelpText('after', `\nExample:\n  tagflow ${kind} latest`)
    .action(async (run: string, options) => (await import('./command/resume.js')).goOn(kind, run, options));
}

const context = new Option('--context <name>', 'a context of the kubeconfig');
const namespace = new Option('-n, --namespace <name>', 'the namespace of the run');

program
  .command('submit')
  .description(
    'Run the pipeline of a notebook on a cluster. Exit code 1: the run failed; 2: the notebook has errors; 3: the cluster, the registry or the store did.',
  )
  .argument('<notebook>', 'an .ipynb file')
  .addOption(repeated('-p, --param <name=value>', 'a value for a parameter; may be repeated', assignment))
  .addOption(repeated('--tag <tag>', 'file the run under a name, or name=value; may be repeated', tag))
  .option('--no-cache', 'run every step, also where an earlier result could stand for it')
  .option('-w, --watch', 'follow the run to its end')
  .option('--timings', 'say how long each part took')
  .addOption(context)
  .addOption(namespace)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow submit analysis.ipynb --param trees=50 --watch')
  .action(async (notebook: string, options) =>
    (await import('./command/submit.js')).submit(notebook, options),
  );

for (const [kind, description] of [
  ['watch', 'Follow a run on a cluster to its end; exit code 1 if it fails.'],
  ['stop', 'Stop a run on a cluster.'],
] as const) {
  program
    .command(kind)
    .description(description)
    .argument('<run>', '`latest`, an id or the beginning of one')
    .addOption(context)
    .addOption(namespace)
    .addOption(place)
    .addOption(json)
    .addHelpText('after', `\nExample:\n  tagflow ${kind} latest`)
    .action(async (run: string, options) => (await import('./command/watch.js'))[kind](run, options));
}

program
  .command('doctor')
  .description(
    'Say whether runs can be submitted from here, and what is missing; exit code 3 if something is.',
  )
  .argument('[notebook]', 'whose pods have another service account, or pull secrets')
  .option('--no-round-trip', 'send no pod there and back')
  .addOption(context)
  .addOption(namespace)
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow doctor --namespace team')
  .action(async (notebook: string | undefined, options) =>
    (await import('./command/doctor.js')).doctor(notebook, options),
  );

program
  .command('replay')
  .description('Run a step of a run once more, with its recorded code and inputs. Nothing is recorded.')
  .argument('<run>', '`latest`, an id or the beginning of one')
  .argument('<step>', 'name of a step; of a loop the number of the item too: train/3')
  .option('--inspect', 'wait for a debugger before anything runs')
  .option('--segment <number>', 'which part of a step that a loop or condition cuts', segment)
  .addOption(place)
  .addHelpText('after', '\nExample:\n  tagflow replay latest train --inspect')
  .action(async (run: string, step: string, options) =>
    (await import('./command/replay.js')).replay(run, step, options),
  );

program
  .command('explain')
  .description('Say why a step of a run ran, or whose results stand for it.')
  .argument('<run>', '`latest`, an id or the beginning of one')
  .argument('<step>', 'name of a step')
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow explain latest train')
  .action(async (run: string, step: string, options) =>
    (await import('./command/explain.js')).explain(run, step, options),
  );

program
  .command('runs')
  .description('List past runs, the newest first.')
  .option('-n, --limit <count>', 'at most so many', count, 20)
  .option('--pipeline <name>', 'only those of this pipeline')
  .addOption(new Option('--state <state>', 'only those in this state').choices(RUN_STATES))
  .option('--tag <tag>', 'only those with this tag; a name also finds name=value')
  .option(
    '--since <time>',
    'only those begun since a date (2026-01-31), an instant, or within 12h, 7d, …',
    since,
  )
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow runs --state failed --since 7d')
  .action(async (options) => (await import('./command/runs.js')).runs(options));

program
  .command('show')
  .description('Show a run, one of its steps, or one of the values that a step made.')
  .argument('<run>', '`latest`, an id or the beginning of one')
  .argument('[step]', 'name of a step')
  .argument('[artifact]', 'name of a value')
  .option('-o, --out <file>', "write the value's bytes (CBOR) to a file")
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow show latest train model --json')
  .action(async (run: string, step: string | undefined, artifact: string | undefined, options) =>
    (await import('./command/show.js')).show(run, step, artifact, options),
  );

program
  .command('logs')
  .description('Print what a step of a run wrote.')
  .argument('<run>', '`latest`, an id or the beginning of one')
  .argument('<step>', 'name of a step')
  .option('-f, --follow', 'go on with what it writes until it ends')
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow logs latest train --follow')
  .action(async (run: string, step: string, options) =>
    (await import('./command/logs.js')).logs(run, step, options),
  );

program
  .command('diff')
  .description('Compare two runs: parameters, code, and the values that their steps made.')
  .argument('<from>', '`latest`, an id or the beginning of one')
  .argument('<to>', 'the same')
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow diff 20260131-1425 latest')
  .action(async (from: string, to: string, options) =>
    (await import('./command/diff.js')).diff(from, to, options),
  );

program
  .command('lineage')
  .description('Show what a value was made from and what came of it, over any number of steps and runs.')
  .argument(
    '<run>',
    '`latest`, an id or the beginning of one; alone: the digest of a value, or its beginning',
  )
  .argument('[step]', 'name of a step, or of a parameter')
  .argument('[artifact]', 'name of a value; may be left out if the step kept only one')
  .option('--up', 'only what it was made from')
  .option('--down', 'only what came of it')
  .option('--depth <steps>', 'at most so many steps away', count)
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow lineage latest train model --up')
  .action(async (run: string, step: string | undefined, artifact: string | undefined, options) =>
    (await import('./command/lineage.js')).lineage(run, step, artifact, options),
  );

program
  .command('export')
  .description(
    'Write the pipeline of a notebook as files from which a cluster runs it, or its images; exit code 2 if the notebook has errors.',
  )
  .argument('<notebook>', 'an .ipynb file')
  .addOption(
    new Option(
      '--to <what>',
      'documents for Argo Workflows; the rights alone, for an administrator; or, where no registry can be reached, images as an OCI layout or as Dockerfiles',
    )
      .choices(['argo', 'rbac', 'oci', 'dockerfile'])
      .makeOptionMandatory(),
  )
  .requiredOption('--out <folder>', 'where the files go')
  .addOption(
    repeated(
      '--image <[step=]image>',
      'an image that is there already, for all steps or for one; a tag is replaced by its digest if its registry tells it; others are built and pushed',
      image,
    ),
  )
  .option('--namespace <name>', "where it runs; if absent, the project's, or whatever kubectl is set to")
  .option('--branch <name>', "a variant beside others of the same name; git's branch if absent")
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow export analysis.ipynb --to argo --out deploy')
  .action(async (notebook: string, options) =>
    (await import('./command/export.js')).exportNotebook(notebook, options),
  );

program
  .command('gc')
  .description(
    'Remove old runs, and values that no run needs any more. Without --yes it only says what would go. ' +
      'Without --older-than and --keep no run goes.',
  )
  .option('--older-than <time>', 'runs that ended longer ago, such as 30d', duration)
  .option('--keep <count>', 'so many newest runs of each pipeline stay', count)
  .addOption(
    new Option('--grace <time>', 'nothing younger goes; less than 2h is safe only while no run begins')
      .argParser(duration)
      .default(DAY, '1d'),
  )
  .option('--cluster', "in the store of runs on the cluster, not in this machine's")
  .option('--yes', 'remove it')
  .option('--reindex', 'make the index of links and tags anew')
  .addOption(place)
  .addOption(json)
  .addHelpText('after', '\nExample:\n  tagflow gc --older-than 30d --keep 10 --yes')
  .action(async (options) => (await import('./command/gc.js')).gc(options));

for (const [name, description] of [
  ['install', 'Put the kernel and the JupyterLab extension into a Jupyter environment.'],
  ['uninstall', 'Take the kernel and the JupyterLab extension out of a Jupyter environment.'],
] as const) {
  program
    .command(name)
    .description(description)
    .option('--user', "the user's own Jupyter folder")
    .option('--sys-prefix', 'the environment of the `jupyter` on PATH (the default)')
    .option('--prefix <folder>', 'an environment, such as a virtual one')
    .option('--python <executable>', 'the environment of this Python')
    .addHelpText('after', `\nExample:\n  tagflow ${name} --sys-prefix`)
    .action(async (options) => (await import('./command/install.js'))[name](options));
}

program
  .command('kernel')
  .description('Start the Jupyter kernel; Jupyter does this.')
  .requiredOption('-f, --connection-file <file>', 'where Jupyter says how to connect')
  .addHelpText('after', '\nExample:\n  tagflow kernel -f /run/user/1000/jupyter/kernel-1.json')
  .action(async ({ connectionFile }: { connectionFile: string }) => {
    const { startKernel } = await import('./jupyter/main.js');
    await startKernel(connectionFile);
  });

// Who reads has had enough, as in `tagflow logs … | head`: that is no error, and a run goes on to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    // A full disk behind it, as in `tagflow show … > file`.
    if (stream === process.stdout && !isCut) process.stderr.write(`The output is cut off (${code}).\n`);
    isCut = true;
  });
}
let isCut = false;
process.on('exit', () => {
  if (isCut) process.exitCode ||= 1;
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) process.exitCode = fail(error, process.argv.includes('--json'));
  // Commander has said what is wrong; help and version are no errors.
  else process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
}
