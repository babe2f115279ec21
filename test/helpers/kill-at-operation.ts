import { interceptFileOperations } from './file-operations.js';

// Loaded into a process before its own program: kills it, as kill -9 does, halfway through its nth operation
// on files in a folder.
const { KILL_FOLDER: folder = '', KILL_AT: at = '' } = process.env;
let operations = 0;
interceptFileOperations(folder, async (_, half) => {
  operations += 1;
  if (operations !== Number(at)) return;
  await half();
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
});
