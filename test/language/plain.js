export const plain = { b: 2 };
