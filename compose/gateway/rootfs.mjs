/**
 * Puts the root file system of the runtime image together from the image this runs in: node, the libraries it really
 * loads, one busybox for the health check, and user `node`. Nothing else is needed, and npm stays behind.
 *
 * Usage: node rootfs.mjs FOLDER
 */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const NODE_UID = 1000;
const root = resolve(process.argv[2] ?? "/rootfs");

/** A path with everything it links to, at the same places. */
function take(path) {
  const target = join(root, path);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(path).isSymbolicLink()) {
    symlinkSync(readlinkSync(path), target);
    take(resolve(dirname(path), readlinkSync(path)));
  } else {
    copyFileSync(path, target);
    chmodSync(target, 0o755);
  }
}

/** The program without what is never loaded (symbols, debug sections): what `strip` does, but there is no binutils here. */
function stripped(elf) {
  const headers = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const ends = Array.from({ length: elf.readUInt16LE(0x38) }, (_, index) => headers + index * size)
    .filter((at) => elf.readUInt32LE(at) === 1)
    .map((at) => Number(elf.readBigUInt64LE(at + 0x08) + elf.readBigUInt64LE(at + 0x20)));
  const loaded = Buffer.from(elf.subarray(0, Math.max(...ends)));
  loaded.writeBigUInt64LE(0n, 0x28);
  loaded.writeUInt32LE(0, 0x3c);
  return loaded;
}

function folder(path, mode, uid = 0) {
  const target = join(root, path);
  mkdirSync(target, { recursive: true });
  chmodSync(target, mode);
  chownSync(target, uid, uid);
}

for (const path of process.report.getReport().sharedObjects.filter((each) => each.startsWith("/"))) take(path);

const busybox = realpathSync("/bin/sh");
take(busybox);
folder("/bin", 0o755);
for (const applet of execFileSync(busybox, ["--list"], { encoding: "utf8" }).split("\n")) {
  const link = join(root, "/bin", applet);
  if (applet !== "" && applet !== "busybox" && !existsSync(link)) symlinkSync(busybox, link);
}

folder("/usr/local/bin", 0o755);
writeFileSync(join(root, "/usr/local/bin/node"), stripped(readFileSync(process.execPath)), { mode: 0o755 });
folder("/etc", 0o755);
writeFileSync(join(root, "/etc/passwd"), `root:x:0:0:root:/root:/bin/sh\nnode:x:${NODE_UID}:${NODE_UID}::/tmp:/bin/sh\n`);
writeFileSync(join(root, "/etc/group"), `root:x:0:\nnode:x:${NODE_UID}:\n`);
folder("/tmp", 0o1777);
folder("/app", 0o755);
// Made here, because a new named volume takes its owner from the folder in the image.
folder("/data", 0o750, NODE_UID);

execFileSync(process.execPath, ["-e", "0"]);
