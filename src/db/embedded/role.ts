// The roles of the embedded server. The program's role owns its database and is no superuser, so that SQL can't read files of the
// machine or start programs. The superuser has no password: only single-user mode, which the owner of the files can start, acts as it.

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../runtime/errors.ts';
import { DatabaseError } from '../errors.ts';
import { type Account, commandAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Place } from './place.ts';
import { runToEnd } from './run-to-end.ts';

export const SUPERUSER = 'postgres';
export const USER = 'shopstream';
export const DATABASE = 'shopstream';

/** The whole pg_hba.conf. It also marks a cluster whose roles are those of this version. */
const LOGINS = `# Written by Shopstream. Roles with a password may come, from this machine.
host all all 127.0.0.1/32 scram-sha-256
`;

const loginsOf = ({ cluster }: Place) => path.join(cluster, 'pg_hba.conf');

/**
 * Makes the program's role, with a new password, in a cluster that initdb has just made.
 * @throws {DatabaseError} EMBEDDED_START
 */
export async function makeRole(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const password = randomBytes(18).toString('base64url');
  await writeFile(place.password, `${password}\n`, { mode: 0o600 });
  await inSingleUserMode(place, binaries, account, SUPERUSER, createRole(password));
  await writeFile(loginsOf(place), LOGINS);
}

/**
 * Takes the superuser's rights from the program's role in a cluster of an earlier version, which gave it these, and makes it the owner of
 * all that it has created. Does nothing in a cluster of this version; can be repeated after an interruption.
 * @throws {DatabaseError} EMBEDDED_START
 */
export async function demoteRole(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  if ((await readFile(loginsOf(place), 'utf8').catch(() => LOGINS)) === LOGINS) return;
  const password = await readPassword(place);
  await inSingleUserMode(place, binaries, account, 'postgres', splitRole(password));
  await inSingleUserMode(place, binaries, account, DATABASE, OWN_ALL);
  await writeFile(loginsOf(place), LOGINS);
}

/**
 * The role's password.
 * @throws {DatabaseError} EMBEDDED_START where its file can't be read
 */
export async function readPassword({ password: file, cluster }: Place): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `the password of the PostgreSQL in ${cluster} can't be read from ${file} (${codeOf(error)})`,
      error,
    );
  }
}

/** Runs SQL as the superuser in single-user mode: no server may run on the cluster. */
async function inSingleUserMode(
  place: Place,
  { postgres }: Binaries,
  account: Account | undefined,
  database: string,
  sql: string,
): Promise<void> {
  const args = ['--single', '-j', '-D', place.cluster, '-c', 'exit_on_error=on', database];
  const command = commandAs(account, postgres, args, place.folder);
  await runToEnd(command, "making the program's role", `${sql};\n\n`);
}

/** SQL that makes the role. It may create databases and run CHECKPOINT, and has no other right on the server. */
const createRole = (password: string) => `
  CREATE ROLE ${USER} LOGIN CREATEDB PASSWORD '${password.replaceAll("'", "''")}';
  GRANT pg_checkpoint TO ${USER}`;

/**
 * SQL that separates the role from the superuser. The role that initdb made can't lose its rights or rename itself, so another superuser
 * renames it.
 */
const splitRole = (password: string) => `DO $split$ BEGIN
  IF (SELECT rolname FROM pg_roles WHERE oid = 10) <> '${USER}' THEN RETURN; END IF;
  CREATE ROLE shopstream_split SUPERUSER;
  SET SESSION AUTHORIZATION shopstream_split;
  ALTER ROLE ${USER} RENAME TO ${SUPERUSER};
  SET SESSION AUTHORIZATION ${SUPERUSER};
  DROP ROLE shopstream_split;
  ALTER ROLE ${SUPERUSER} PASSWORD NULL;
  ${createRole(password)};
  ALTER DATABASE ${DATABASE} OWNER TO ${USER};
END $split$`;

/** SQL that gives the role all that the superuser owns. A column's sequences and a table's types follow their table. */
const OWN_ALL = `DO $own$ DECLARE change text; BEGIN
  FOR change IN
    SELECT format('ALTER %s %s OWNER TO ${USER}', kind, name) FROM (
      SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
             oid::regclass::text AS name, relnamespace AS schema, relowner AS owner
      FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i') AND refobjsubid > 0)
      UNION ALL SELECT 'ROUTINE', oid::regprocedure::text, pronamespace, proowner FROM pg_proc
      UNION ALL SELECT 'TYPE', oid::regtype::text, typnamespace, typowner FROM pg_type WHERE typtype IN ('e', 'd')
      UNION ALL SELECT 'SCHEMA', quote_ident(nspname), oid, nspowner FROM pg_namespace
    ) AS things
    WHERE owner = 10 AND (SELECT nspname !~ '^(pg_|information_schema$)' FROM pg_namespace WHERE oid = schema)
  LOOP EXECUTE change; END LOOP;
END $own$`;
