import { refusalOf } from "./invalid-value-error.ts";

// docs.docker.com/engine/manage-resources/labels: letters, digits, dots, dashes, underscores and slashes
const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/;
const DOCKERS = /^(?:com\.docker|io\.docker|org\.dockerproject)\./;
const SLIPWAYS = /^(?:dev\.)?slipway\./;

/** @throws InvalidValueError for a label that Docker does not allow, or that is Docker's or Slipway's own */
export function containerLabel(key: string, value: string): void {
  const refuse = refusalOf("label", key);
  if (!KEY.test(key)) {
    refuse(
      "must be letters, digits, dots, dashes, underscores and slashes, a letter or digit first and last",
      'write it like "com.example.team"',
    );
  }
  if (/[.-]{2}/.test(key)) refuse("must not have two dots or dashes in a row", 'write it like "com.example.team"');
  if (DOCKERS.test(key)) refuse("must not begin as Docker's own do", "begin it with a domain of yours");
  if (SLIPWAYS.test(key)) refuse("must not begin as Slipway's own do", "begin it with a domain of yours");
  if (typeof value !== "string" || /\u0000/.test(value)) refuse("must have text as its value", "write it in quotes");
}
