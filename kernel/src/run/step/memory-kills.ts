/** What the system says of the memory of the container that this process is in. */
import { readFileSync } from 'node:fs';

/** In a container: of control groups of version 2, and of version 1. Elsewhere there is none, or that of the machine. */
const PLACES = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** How often the system has ended a process here because memory was used up. */
export function memoryKills(places: readonly string[] = PLACES): number {
  for (const place of places) {
    try {
      const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync(place, 'utf8')) ?? [];
      if (count !== undefined) return Number(count);
    } catch {
      // It is not there.
    }
  }
  return 0;
}
