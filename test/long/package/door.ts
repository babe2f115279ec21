import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

// Runs a command with a local port that forwards to the proxy's socket outside its network namespace.
const [socket = '', port = '', command = '', ...args] = process.argv.slice(2);
const server = createServer((client) => {
  const proxy = connect(socket);
  client.on('error', () => proxy.destroy());
  proxy.on('error', () => client.destroy());
  client.pipe(proxy).pipe(client);
});
server.listen(Number(port), '127.0.0.1', () => {
  spawn(command, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
});
