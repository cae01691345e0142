export const STEP_LABEL = 'tagflow.dev/step';
export function stepOfTemplate(template: string): string | undefined {
  return template;
}
