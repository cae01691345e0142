import type { JsonSchema, VariableId } from '@tagflow/schema';
import type { ValueType } from '../facts.js';
import type ts from '../typescript.js';
import { obstacleIn } from './obstacle.js';
import { jsonSchema } from './schema.js';
import { typeText } from './text.js';

/**
 * What the compiler knows about the value of a variable, as plain data.
 *
 * @param ownClass finds the variable of a class that the notebook declares
 */
export function valueType(
  checker: ts.TypeChecker,
  type: ts.Type,
  name: string,
  ownClass: (symbol: ts.Symbol) => VariableId | undefined,
): ValueType {
  const { obstacle, classes } = obstacleIn(checker, type, name, ownClass);
  const schema: JsonSchema | undefined = obstacle ? undefined : jsonSchema(checker, type);
  return { text: typeText(checker, type), schema, obstacle, classes };
}
