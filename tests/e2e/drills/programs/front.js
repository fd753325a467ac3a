// Answers with what BACK says, but at /health. HABIT tells how it goes about that.
const http = require('http'), net = require('net'), dns = require('dns')
const habit = process.env.HABIT, back = process.env.BACK
let address = back // a name, that is looked up for every connection
let line // one connection for good
if (habit === 'remembers') dns.lookup(back, (_, found) => { address = found })
if (habit === 'connects once') line = net.connect(8080, back).on('error', () => {}).on('close', () => { line = null })

const answer = (response, status) => { if (!response.headersSent) response.writeHead(status).end() }

function ask (response) {
  if (habit === 'connects once') return answer(response, line ? 200 : 502)
  const limit = habit === 'waits' ? {} : { timeout: 1000 }
  const asked = http.get({ host: address, port: 8080, agent: false, ...limit }, (told) => {
    told.resume().on('end', () => answer(response, 200))
  })
  asked.on('timeout', () => asked.destroy())
  asked.on('error', (error) => {
    if (habit === 'ends') throw error
    answer(response, 502)
  })
}
http.createServer((request, response) => {
  if (request.url === '/health') return answer(response, 200)
  ask(response)
}).listen(8080)
