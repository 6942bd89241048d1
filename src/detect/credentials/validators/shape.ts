/**
 * What tells values of secrets from code where only their names say that they are any: in source code and templates most
 * values are other names (`token = Token.Name`, `password=${DB_PASSWORD}`), which have no digits.
 */
import type { Validator } from './validator.js';

const SHAPED = { proven: false, evidence: [] };

/**
 * In names, of neighbours that are letters or digits fewer differ in their kind: of random ones six of ten do, and three or
 * four where letters are of one case.
 */
const CHANGES = 0.4;
const CHANGES_OF_ONE_CASE = 0.2;

/** Made by a machine: letters and digits, and no name with dots, colons, dashes or slashes in it. */
export const lettersAndDigits: Validator = (secret) => {
  if (!/[0-9]/.test(secret) || !/[A-Za-z]/.test(secret) || /^[./~]|:\/\/|\.\.|::/.test(secret)) return undefined;
  const isNested = /^[A-Za-z_]\w*(?:[./:-][A-Za-z_]\w*)+$/.test(secret);
  const few = /[a-z]/.test(secret) && /[A-Z]/.test(secret) ? CHANGES : CHANGES_OF_ONE_CASE;
  return isNested && changesIn(secret) < few * secret.length ? undefined : SHAPED;
};

/** How often a lower-case letter, an upper-case one and a digit follow on each other. */
function changesIn(text: string): number {
  const kinds = text.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/[0-9]/g, '0');
  return kinds.match(/(?=aA|a0|Aa|A0|0a|0A)/g)?.length ?? 0;
}

/** Made by a person: with a digit or a sign, and neither a variable of a template nor a call nor a path. */
export const chosenPassword: Validator = (secret) => {
  if (/^[$%<{[(/~]|\$\{|\{\{|\(\)|:\/\/|%\(|^[a-z]+[_.][a-z_.]+\d*[,;]?$/i.test(secret)) return undefined;
  return /[A-Za-z]/.test(secret) && /[0-9!@#$%^&*+~?]/.test(secret) ? SHAPED : undefined;
};

/** Of a variable or parameter that is known to be set: anything but a path, an address, a switch or a template. */
export const settingValue: Validator = (secret) => {
  if (/^(?:[./~]|[A-Za-z]:[\\/]|\$|%[A-Za-z(]|\{\{|<)|:\/\/|\$\{|\$\(/.test(secret)) return undefined;
  if (/^(?:true|false|yes|no|on|off|none|null|nil|undefined|enabled?|disabled?|auto|default|\d{1,4})$/i.test(secret))
    return undefined;
  return SHAPED;
};
