/** Time zone and locale are the same wherever a notebook's code runs: in the kernel and in steps, here and elsewhere. */
export function placeOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, TZ: 'UTC', LC_ALL: 'en_US.UTF-8' };
}
