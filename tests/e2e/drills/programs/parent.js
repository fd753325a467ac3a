// A program that starts server.js, and does with the stop signal what PARENT names.
'use strict';
const { spawn } = require('node:child_process');
const path = require('node:path');

const mode = process.env.PARENT;
const server = path.join(__dirname, 'server.js');
if (process.env.TITLE) process.title = process.env.TITLE;

function start() {
  const child = spawn(process.execPath, [server], { stdio: 'inherit' });
  if (mode === 'restarts') child.on('exit', () => setTimeout(start, 50));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
}
function cluster() {
  // Workers have no handler: they go when the first process lets them go.
  const group = require('node:cluster');
  if (!group.isPrimary) return require(server);
  for (let worker = 0; worker < 2; worker += 1) group.fork();
  return process.on('SIGTERM', () => group.disconnect(() => process.exit(0)));
}

if (mode === 'cluster') cluster();
else if (mode) start();
else require(server);
