// Kubernetes and Argo Workflows, built from their Go modules: a quarter of an hour the first time, and then never again.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError, command, step } from '../../binder/progress.mjs';
import { ARGO, KUBERNETES, binaries } from './places.mjs';

const KUBERNETES_COMMANDS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'];
const ARGO_COMMANDS = ['workflow-controller', 'argoexec'];
const ARGO_MODULE = 'github.com/argoproj/argo-workflows/v3';
// The compiler is a program in Go too: with more garbage it takes a quarter less time.
const GO = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOGC: '400' };

/** Where the Custom Resource Definitions of Argo lie. */
export const crds = join(binaries, 'crds');
export const binary = (name) => join(binaries, 'bin', name);

/** Builds what is missing. Each part is moved to its place when it is whole. */
export async function buildBinaries() {
  mkdirSync(join(binaries, 'bin'), { recursive: true });
  const work = join(dirname(binaries), 'build');
  mkdirSync(work, { recursive: true });
  const missing = (names) => names.filter((name) => !existsSync(binary(name)));
  if (missing(KUBERNETES_COMMANDS).length > 0)
    await buildKubernetes(join(work, 'kubernetes'), missing(KUBERNETES_COMMANDS));
  if (missing(ARGO_COMMANDS).length > 0 || !existsSync(crds))
    await buildArgo(join(work, 'argo'), missing(ARGO_COMMANDS));
  rmSync(work, { recursive: true, force: true });
}

async function buildKubernetes(folder, names) {
  const go = await newModule(folder);
  const module = `k8s.io/kubernetes@v${KUBERNETES}`;
  const { Dir } = JSON.parse(await go('mod', 'download', '-json', module));
  // Its own go.mod takes its parts from folders beside it; outside they are modules of the same version.
  const staging = [
    ...readFileSync(join(Dir, 'go.mod'), 'utf8').matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm),
  ];
  const part = `v0.${KUBERNETES.split('.').slice(1).join('.')}`;
  await go('mod', 'edit', ...staging.map(([, name]) => `-replace=${name}=${name}@${part}`));
  const version = `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`;
  for (const name of names) {
    await step(`Building ${name} of Kubernetes ${KUBERNETES}`, async () => {
      // Without the version the newest would come, which does not fit the parts.
      await go('get', '-tool', `k8s.io/kubernetes/cmd/${name}@v${KUBERNETES}`);
      await build(go, folder, name, `k8s.io/kubernetes/cmd/${name}`, version);
    });
  }
}

async function buildArgo(folder, names) {
  const go = await newModule(folder);
  const { Dir } = JSON.parse(await go('mod', 'download', '-json', `${ARGO_MODULE}@v${ARGO}`));
  const source = `${folder}-source`;
  rmSync(source, { recursive: true, force: true });
  cpSync(Dir, source, { recursive: true });
  await command('chmod', ['-R', 'u+w', source]);
  mendArgo(source);
  keepLocal(source);
  await go('mod', 'edit', `-replace=${ARGO_MODULE}=${source}`, `-require=${ARGO_MODULE}@v${ARGO}`);
  const version = `-X ${ARGO_MODULE}.version=v${ARGO}`;
  for (const name of names) {
    await step(`Building ${name} of Argo Workflows ${ARGO}`, async () => {
      await go('get', '-tool', `${ARGO_MODULE}/cmd/${name}@v${ARGO}`);
      await build(go, folder, name, `${ARGO_MODULE}/cmd/${name}`, version);
    });
  }
  rmSync(crds, { recursive: true, force: true });
  cpSync(join(source, 'manifests', 'base', 'crds', 'minimal'), crds, { recursive: true });
  rmSync(source, { recursive: true, force: true });
}

/** What is served here is served to this machine alone; the controller's own health is the one thing that no flag says. */
function keepLocal(source) {
  const file = join(source, 'cmd', 'workflow-controller', 'main.go');
  const text = readFileSync(file, 'utf8');
  if (!text.includes('":6060"'))
    throw new SetupError('The controller serves its health elsewhere than before.');
  writeFileSync(file, text.replace('":6060"', '"127.0.0.1:6060"'));
}

/** The module's archive lacks this file, whose name ends like a test's for one system; its twin for macOS tells what is in it. */
function mendArgo(source) {
  const file = join(source, 'workflow', 'executor', 'osspecific', 'signal_linux.go');
  if (existsSync(file)) return;
  writeFileSync(
    file,
    `package osspecific

import (
	"os"
	"syscall"

	"github.com/argoproj/argo-workflows/v3/util/errors"
)

var Term = syscall.SIGTERM

func CanIgnoreSignal(signal os.Signal) bool {
	return signal == syscall.SIGCHLD || signal == syscall.SIGURG
}

// Kill reaches the process with all that it started.
func Kill(pid int, signal syscall.Signal) error {
	if group, err := syscall.Getpgid(pid); err == nil {
		pid = -group
	}
	return syscall.Kill(pid, signal)
}

func Setpgid(attributes *syscall.SysProcAttr) {
	attributes.Setpgid = true
}

// Wait buries every child that ends, as the first process of a container has to, until it is this one's turn.
func Wait(process *os.Process) error {
	pid := process.Pid
	if err := process.Release(); err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		switch ended, err := syscall.Wait4(-1, &status, 0, nil); {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case ended == pid && status.Signaled():
			return errors.NewExitErr(128 + int(status.Signal()))
		case ended == pid:
			return errors.NewExitErr(status.ExitStatus())
		}
	}
}
`,
  );
}

async function newModule(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const go = (...args) => command('go', args, { cwd: folder, env: { ...process.env, ...GO } });
  await go('mod', 'init', 'cluster');
  return go;
}

async function build(go, folder, name, path, flags) {
  const made = join(folder, name);
  await go('build', '-trimpath', `-ldflags=-s -w ${flags}`, '-o', made, path);
  renameSync(made, binary(name));
}
