/** The check digit of payment cards (ISO/IEC 7812-1 annex B): every other digit doubled, from the right. */
import type { Validator } from './validator.js';

/** Blanks and dashes between groups do not count. One number in ten passes by chance, so it is no proof. */
export const luhn: Validator = (secret) => {
  const digits = [...secret.replace(/[ -]/g, '')].map(Number);
  if (digits.length < 12 || digits.some(Number.isNaN)) return undefined;
  const sum = digits.reverse().reduce((total, digit, index) => {
    const value = index % 2 === 1 ? digit * 2 : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0 ? { proven: false, evidence: ['its check digit closes'] } : undefined;
};
