/** The end of the user process when its kernel is gone. */

/** Ends the process at once, with the processes that user code has started. */
export function endAll(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL'); // it leads no group
  }
}
