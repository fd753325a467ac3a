// An HTTP server that takes orders (POST, answered when the body is whole) and says on SIGTERM what STOP names.
'use strict';
const fs = require('node:fs');
const { spawn } = require('node:child_process');

const stop = process.env.STOP || 'drain';
const serve = process.env.SERVE || 'orders';
const waits = Number(process.env.ANSWER_MS || 0);
const port = Number(process.env.PORT || 8080);

const plain = new Set();
const ways = {
  orders(request, response) {
    let size = 0;
    request.on('data', (part) => (size += part.length));
    request.on('end', () => setTimeout(() => response.end(`${size}\n`), size ? waits : 0));
  },
  early: (request, response) => response.end('ok\n'),
  mute: () => {},
  guarded(request, response) {
    console.log(`asked with ${request.headers.authorization}`);
    if (request.headers.authorization === `Bearer ${process.env.TOKEN}`) return ways.orders(request, response);
    response.statusCode = 401;
    return response.end();
  },
};

function server() {
  if (serve === 'tcp') return require('node:net').createServer((socket) => plain.add(socket.on('error', () => {})));
  if (serve !== 'tls') return require('node:http').createServer(ways[serve]);
  const pair = { key: fs.readFileSync('/tls/key.pem'), cert: fs.readFileSync('/tls/cert.pem') };
  return require('node:https').createServer(pair, ways.orders);
}

function drained(then) {
  // Connections that become idle while it stops would hold it for as long as they are kept.
  listening.prependListener('request', (request, response) => response.setHeader('connection', 'close'));
  const rest = setInterval(() => listening.closeIdleConnections?.(), 20);
  for (const socket of plain) socket.destroy();
  listening.close(() => {
    clearInterval(rest);
    console.log('drained');
    then();
  });
}

const ends = {
  drain: () => drained(() => process.exit(0)),
  exit: () => process.exit(0),
  killed: () => drained(() => process.exit(137)),
  linger: () => drained(() => setInterval(() => {}, 1000)),
  // As it was before node 19: kept connections are not closed, so the server never is.
  hold() {
    listening.closeIdleConnections = () => {};
    listening.close(() => process.exit(0));
  },
  // uvicorn and others: finish, then die of the signal itself. As PID 1 that has no effect.
  raise() {
    drained(() => {
      process.removeAllListeners('SIGTERM');
      process.kill(process.pid, 'SIGTERM');
    });
  },
  greedy() {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 1);
  },
};

let listening;
if (stop === 'master') {
  // The first process leaves at once, whatever its worker still has to do.
  spawn(process.execPath, [__filename], { stdio: 'inherit', env: { ...process.env, STOP: 'drain' } });
  process.on('SIGTERM', () => process.exit(0));
} else if (stop === 'deaf-master') {
  spawn(process.execPath, [__filename], { stdio: 'inherit', env: { ...process.env, STOP: 'drain' } });
} else {
  listening = server();
  if (stop === 'hold') listening.keepAliveTimeout = 0;
  listening.listen(port, () => console.log('listening'));
  if (stop === 'like-nginx') {
    process.on('SIGTERM', ends.exit);
    process.on('SIGQUIT', ends.drain);
  } else if (stop !== 'deaf') {
    process.on('SIGTERM', () => {
      console.log('asked to stop');
      ends[stop]();
    });
  }
}
