import { expect, it } from 'vitest';
import { commandWithSettings, givenSettings } from '../../src/command-line/settings.ts';
import { optionName, type SettingName, settings } from '../../src/config.ts';

const NAMES = Object.keys(settings) as SettingName[];

it('each option of a command comes out as its own setting, and the text as it was written', () => {
  const args = NAMES.flatMap((name) => [optionName(name), ` ${name} `]);
  const command = commandWithSettings('any', 'a test').parse(args, { from: 'user' });
  expect(givenSettings(command.opts())).toEqual(Object.fromEntries(NAMES.map((name) => [name, ` ${name} `])));
});

it('settings that are not given stay out, and so do options that are no settings', () => {
  const command = commandWithSettings('any', 'a test').option('--topic <name>').option('--port-file <name>');
  command.parse(['--port=', '--topic', 'x', '--port-file', 'y'], { from: 'user' });
  expect(givenSettings(command.opts())).toEqual({ PORT: '' });
});

it('the last one of an option counts', () => {
  const command = commandWithSettings('any', 'a test').parse(['--port=1', '--port=2'], { from: 'user' });
  expect(givenSettings(command.opts())).toEqual({ PORT: '2' });
});
