export function stepOfTemplate(template: string): string | undefined {
  return template;
}
