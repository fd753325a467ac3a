// An HTTP service that keeps what it is told in Postgres and counts in redis, with a connection of its own to each.
'use strict';
const http = require('node:http');
const net = require('node:net');

const LIMIT_MS = 2000;
const text = (code, body) => {
  const head = Buffer.alloc(5);
  head.write(code, 0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([code ? head : head.subarray(1), body]);
};

// One connection, that is made when it is needed and made anew when it is lost. `ready` tells whether an answer is whole.
class Line {
  constructor(name, port, hello, ready) {
    Object.assign(this, { name, port, hello, ready, waiting: [] });
  }

  lost(error) {
    const waiting = this.waiting.splice(0);
    this.socket?.destroy();
    this.socket = null;
    for (const { reject } of waiting) reject(error);
  }

  connect() {
    let got = Buffer.alloc(0);
    const socket = (this.socket = net.connect(this.port, this.name));
    socket.setTimeout(LIMIT_MS);
    socket.on('timeout', () => this.waiting.length && this.lost(new Error(`${this.name} does not answer`)));
    socket.on('error', (error) => this.socket === socket && this.lost(error));
    socket.on('close', () => this.socket === socket && this.lost(new Error(`${this.name} has gone`)));
    socket.on('data', (part) => {
      got = Buffer.concat([got, part]);
      const failed = this.ready(got);
      if (failed === undefined) return;
      got = Buffer.alloc(0);
      const next = this.waiting.shift();
      if (failed) next?.reject(new Error(failed));
      else next?.resolve();
    });
    return this.hello ? this.send(this.hello) : Promise.resolve();
  }

  send(words) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(words);
    });
  }

  async ask(words) {
    if (!this.socket) await this.connect();
    return this.send(words);
  }
}

// ReadyForQuery ends an answer; an ErrorResponse before it is a failure.
function whole(got) {
  let failed = '';
  for (let at = 0; at + 5 <= got.length; at += 1 + got.readInt32BE(at + 1)) {
    if (at + 1 + got.readInt32BE(at + 1) > got.length) return undefined;
    if (got[at] === 0x45) failed = 'refused';
    if (got[at] === 0x5a) return failed;
  }
  return undefined;
}
const hello = text('', Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1'));
const query = (words) => text('Q', Buffer.from(`${words}\0`));
const db = new Line(process.env.DB_HOST, 5432, hello, whole);
const cache = process.env.CACHE_HOST && new Line(process.env.CACHE_HOST, 6379, null, (got) =>
  got.includes('\r\n') ? (got[0] === 0x2d ? got.toString() : '') : undefined);

// One after the other: an answer tells not whose it is.
let turn = Promise.resolve();
const asked = (words) => (turn = turn.catch(() => {}).then(async () => {
  await db.ask(query(words));
  if (cache) await cache.ask('INCR visits\r\n');
}));
const TABLE = 'CREATE TABLE IF NOT EXISTS orders (at timestamptz DEFAULT now())';

const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.url === '/health') return response.end('ok\n');
    const words = request.method === 'GET' ? 'SELECT count(*) FROM orders' : 'INSERT INTO orders DEFAULT VALUES';
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('it takes too long')), 2 * LIMIT_MS - 1000));
    return Promise.race([asked(words), late]).then(() => response.end('done\n'), (error) => {
      response.statusCode = 503;
      response.end(`${error.message}\n`);
    });
  });
});
server.listen(8080, () => console.log('listening'));
asked(TABLE).catch((error) => console.log(error.message));
process.on('SIGTERM', () => {
  console.log('asked to stop');
  server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
  const rest = setInterval(() => server.closeIdleConnections(), 20);
  server.close(() => {
    clearInterval(rest);
    db.socket?.end();
    process.exit(0);
  });
});
