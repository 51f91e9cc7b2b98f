// Settings as options of a command: --kafka-port is KAFKA_PORT.

import { Command } from 'commander';
import {
  type Config,
  type GivenSettings,
  optionName,
  readConfig,
  type SettingName,
  settings,
} from '../config.ts';

/** A command with every setting as an option. */
export function commandWithSettings(name: string, summary: string): Command {
  const made = new Command(name).description(summary).exitOverride();
  for (const [setting, { fallback, help }] of Object.entries(settings)) {
    const shown = fallback === undefined ? '' : ` (default: ${fallback})`;
    made.option(`${optionName(setting as SettingName)} <value>`, `${help}${shown}`);
  }
  return made;
}

/** Those of a command's options that are settings, by the settings' names. */
export function givenSettings(options: object): GivenSettings {
  const entries = (Object.keys(settings) as SettingName[]).flatMap((name) => {
    const key = name.toLowerCase().replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
    const value: unknown = Reflect.get(options, key);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/**
 * The settings of a command, by its options and the environment.
 * @throws {ConfigError} for the first value that can't be used
 */
export const configOf = (options: object): Config => readConfig(givenSettings(options));
