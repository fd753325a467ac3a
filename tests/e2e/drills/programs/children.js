// Starts children whose parent ends before them: they become children of PID 1. CHILDREN of them, one every 200 ms.
'use strict';
const { spawn } = require('node:child_process');

let left = Number(process.env.CHILDREN || 0);
const timer = setInterval(() => {
  if (left-- <= 0) clearInterval(timer);
  else spawn('sh', ['-c', 'sleep 0.3 & exit 0'], { stdio: 'ignore' });
}, 200);
require('node:http').createServer((request, response) => response.end('ok\n')).listen(8080);
process.on('SIGTERM', () => process.exit(0));
