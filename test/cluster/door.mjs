// Hands on connections from one address to another: `node door.mjs FROM PORT TO PORT`.
import { connect, createServer } from 'node:net';

const [from, port, to, target] = process.argv.slice(2);
createServer((outside) => {
  const inside = connect(Number(target), to);
  outside.pipe(inside).pipe(outside);
  outside.on('error', () => inside.destroy());
  inside.on('error', () => outside.destroy());
}).listen(Number(port), from);
