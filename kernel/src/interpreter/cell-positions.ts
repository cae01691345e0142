/** From places in the scripts that run to places in the cells, as a stack trace names them. */

/** From a line's column on, a place in the script is `shift` characters further right than in the cell; 0-based. */
export interface Shift {
  line: number;
  column: number;
  shift: number;
}

const shiftsOf = new Map<string, readonly Shift[]>();
const PLACE = /(In \[\d+\]|cell|expression):(\d+):(\d+)/g;

/** @param label what stands for the file name in stack traces */
export function noteShifts(label: string, shifts: readonly Shift[]): void {
  shiftsOf.set(label, shifts);
}

/** A frame of a stack trace with the cell's columns. */
export function inCell(frame: string): string {
  return frame.replace(PLACE, (_, label: string, line: string, column: string) => {
    const shift = shiftAt(shiftsOf.get(label) ?? [], Number(line) - 1, Number(column) - 1);
    return `${label}:${line}:${Math.max(1, Number(column) - shift)}`;
  });
}

function shiftAt(shifts: readonly Shift[], line: number, column: number): number {
  return shifts.findLast((known) => known.line === line && known.column <= column)?.shift ?? 0;
}
