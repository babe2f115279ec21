import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { whenDone } from '../../helpers/when-done.js';

export interface Proxy {
  /** Path of its socket, which unlike a port can be reached from every network namespace: see door.ts. */
  readonly socket: string;
  /** The hosts requested since the last call, sorted. */
  readonly asked: () => string[];
}

/** An HTTP proxy: tunnels for https (CONNECT), whole URLs for http. It stops when the test ends. */
export async function startProxy(): Promise<Proxy> {
  const socket = join(await temporaryFolder(), 'proxy');
  let hosts = new Set<string>();

  const server = createServer((asked, answer) => {
    if (!URL.canParse(asked.url ?? '')) {
      answer.writeHead(400).end();
      return;
    }
    const url = new URL(asked.url ?? '');
    hosts.add(url.hostname);
    const { method, headers } = asked;
    const onward = request(url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  server.on('connect', (asked, client, head) => {
    const { hostname, port } = new URL(`https://${asked.url ?? ''}`);
    hosts.add(hostname);
    const onward = connect(Number(port || 443), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });

  const asked = () => {
    const all = [...hosts].sort();
    hosts = new Set();
    return all;
  };
  return { socket, asked };
}
