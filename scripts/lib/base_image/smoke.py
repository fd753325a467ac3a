"""The last step of an assembly: the image runs, or it is not recorded."""

from __future__ import annotations

from base_image.engine import Engine
from base_image.names import NODE_VERSION
from failure import Failure

LIMIT_S = 120
CHECK = """
const assert = require('node:assert');
const {execFileSync, execFile} = require('node:child_process');
assert.equal(process.version, 'v' + process.argv[1]);
assert.deepEqual([process.getuid(), require('node:os').userInfo().username], [1000, 'node']);
assert.equal(new (require('node:sqlite').DatabaseSync)(':memory:').prepare('select 6*7 as n').get().n, 42);
assert.equal(new Intl.DateTimeFormat('de', {month: 'long', timeZone: 'Asia/Tokyo'}).format(0), 'Januar');
assert.ok(require('node:crypto').scryptSync('a', 'b', 32).length === 32);
assert.match(execFileSync('npm', ['--version'], {env: {...process.env, HOME: '/tmp'}}).toString(), /^\\d+\\./);
require('node:fs').writeFileSync(process.env.HOME + '/mine', '');
const server = require('node:http').createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1', () => {
  execFile('wget', ['-qO-', `http://127.0.0.1:${server.address().port}/`], (problem, out) => {
    assert.ifError(problem);
    assert.equal(out, 'hello');
    server.close(() => console.log('ok'));
  });
});
"""


def check_image(image: str, engine: Engine) -> None:
    """Run Node, npm, sqlite and wget in the image, as its user and with no network; or say which of them fails."""
    run = ["run", "--rm", "--label", "seatrial.smoke=1", "--network", "none", "--user", "node", "--init", image]
    done = engine.docker([*run, "-e", CHECK, NODE_VERSION], LIMIT_S)
    if done.returncode != 0 or done.stdout.strip() != "ok":
        said = "\n  ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-12:])
        raise Failure(
            f"the base image was put together but does not work, so it is not recorded\n  {said}",
            "if the lines above name the engine, see `scripts/engine status`; else report them",
        )
