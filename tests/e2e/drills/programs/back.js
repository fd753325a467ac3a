// Says something. With DEAF it does not hear the signal to stop.
if (process.env.DEAF) process.on('SIGTERM', () => {})
require('http').createServer((_, response) => response.end('back')).listen(8080)
