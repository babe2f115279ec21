import { crc32, deflateRawSync } from 'node:zlib';

/** A member of a zip archive made by tests; properties that are not given are valid. */
export interface Member {
  readonly name: string;
  readonly content: string | Buffer;
  /** Unix permissions; default 0o644. */
  readonly mode?: number;
  /** Whether to compress it. Default: yes. */
  readonly deflate?: boolean;
  /** False entries in the archive's directory, for hostile archives. */
  readonly crc?: number;
  readonly size?: number;
  readonly method?: number;
}

/** A zip archive's bytes. */
export function makeZip(members: readonly Member[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const content = Buffer.from(member.content);
    const data = member.deflate === false ? content : deflateRawSync(content);
    const name = Buffer.from(member.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(member.method ?? (member.deflate === false ? 0 : 8), 4);
    common.writeUInt32LE(member.crc ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(member.size ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((((member.mode ?? 0o644) | 0o100000) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const madeByUnix = Buffer.from([20, 3]);
    central.push(Buffer.from('PK\x01\x02'), madeByUnix, common, tail, name);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data]);
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}
