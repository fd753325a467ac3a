// The front of it: hands what it is asked on to the api. It stops well, when it is told to.
'use strict';
const http = require('node:http');

const server = http.createServer((request, response) => {
  if (request.url === '/health' || !process.env.API_HOST) return request.resume().on('end', () => response.end('ok\n'));
  const options = { host: process.env.API_HOST, port: 8080, path: '/', method: request.method, agent: false, timeout: 3000 };
  const asked = http.request(options, (told) => {
    response.statusCode = told.statusCode;
    told.pipe(response);
  });
  asked.on('timeout', () => asked.destroy(new Error('it does not answer')));
  asked.on('error', (error) => {
    if (!response.headersSent) response.statusCode = 502;
    response.end(`${error.message}\n`);
  });
  return request.pipe(asked);
});
server.listen(8080, () => console.log('listening'));
process.on('SIGTERM', () => {
  console.log('asked to stop');
  server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
  const rest = setInterval(() => server.closeIdleConnections(), 20);
  server.close(() => {
    clearInterval(rest);
    process.exit(0);
  });
});
