import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { commandAs, serverAccount, surroundingsOf } from '../../../src/db/embedded/account.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 };

it('a program of PostgreSQL has the environment without what is there for other servers, and the account where there is one', () => {
  const environment = {
    PATH: '/bin',
    PGDATA: '/x',
    PGCLIENTENCODING: 'LATIN1',
    PG_COLOR: 'always',
    PGPORT: '1',
  };
  const others = { pgdata: 'y', APGDATA: 'z', PG: 'w' };
  const command = { file: 'postgres', args: [] };
  const expected = { cwd: '/', env: { PATH: '/bin', ...others } };
  expect(surroundingsOf(command, { ...environment, ...others })).toEqual(expected);
  expect(surroundingsOf({ ...command, account: NOBODY }, { ...environment, ...others })).toEqual({
    ...expected,
    uid: NOBODY.uid,
    gid: NOBODY.gid,
  });
});

it('a command without an account is run as it is', () => {
  expect(commandAs(undefined, '/a/bin/initdb', ['-D', 'x'], '/data')).toEqual({
    file: '/a/bin/initdb',
    args: ['-D', 'x'],
  });
});

it('an ordinary user runs the server himself', () => {
  expect(serverAccount(1000)).toBeUndefined();
});

it.runIf(isRoot)(
  'root runs the server as an account without rights, straight where that one may enter the folders',
  () => {
    const account = serverAccount();
    expect(account?.uid).toBeGreaterThan(0);
    expect(['postgres', 'nobody']).toContain(account?.name);
    const native = path.join(temporaryFolder(), 'native');
    mkdirSync(path.join(native, 'bin'), { recursive: true });
    chmodSync(path.dirname(native), 0o755);
    const file = path.join(native, 'bin', 'initdb');
    expect(commandAs(account, file, ['-D', 'x'], native)).toEqual({ file, args: ['-D', 'x'], account });
  },
);

it.runIf(isRoot)(
  'below a folder that only root may enter, the command has a mount namespace with what it needs',
  () => {
    const closed = temporaryFolder();
    chmodSync(closed, 0o700);
    const [native, data] = [path.join(closed, 'native'), path.join(closed, 'data')];
    for (const folder of [path.join(native, 'bin'), data])
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    const { file, args, account } = commandAs(NOBODY, path.join(native, 'bin', 'initdb'), ['-D', 'x'], data);
    expect([file, account]).toEqual(['unshare', undefined]);
    expect(args.slice(args.indexOf('sh', 3) + 1, args.indexOf('--') + 1)).toEqual([
      native,
      data,
      closed,
      '--',
    ]);
    expect(args.slice(-4)).toEqual(['--', path.join(native, 'bin', 'initdb'), '-D', 'x']);
    expect(args).toEqual(
      expect.arrayContaining(['--reuid=65534', '--regid=65534', '--bounding-set=-all', '--no-new-privs']),
    );
  },
);
