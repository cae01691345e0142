/** Where things are in a pod: on this its image, its template and the program that it starts with agree. */

/** The project: its packages, and programs that were built in. */
export const APP = '/app';
/** Tagflow's own files. */
export const RUNTIME = '/tagflow';
/** Those that run, in it; two folders above the least of them lies Tagflow's package.json. */
export const LIBRARY = 'lib';
/** What a pod starts with. */
export const ENTRY = `${RUNTIME}/${LIBRARY}/run/pod/pod.js`;
/** What it hands to Argo: a file each. */
export const OUTPUTS = '/tmp/tagflow-out';
/** The certificates that sign the store's, where there are such. */
export const CA = '/tagflow-ca';
/**
 * Nobody: the image's files are for all to read, and only /tmp is written to. By number: a pod that must not run as root
 * can tell only so that it does not.
 */
export const USER = 65532;
