const NAME =
  /(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|SALT|(?:API|APP|PRIVATE|ACCESS|ENCRYPTION|SIGNING|MASTER|AUTH|ACCOUNT|LICENSE|JWT|SESSION)_?KEY|KEY_BASE|DSN)(?:$|_|\d)|(?:^|_)PWD$|PASSWORD/i;
const NO_SECRET_NAME =
  /(?:_FILE|_PATH|_URL|_DIR|_TTL|_RULES?|_LENGTH|_LIFETIME|_EXPIR\w*|_ROUNDS|_ALGORITHM|_ENABLED?|_NAME|_TYPE|_HOST|_PORT|_TIMEOUT)$|^PUBLIC_|_PUBLIC_|ALLOW_|^(?:KEYCLOAK_)?PASSWORD_?LESS/i;
const SWITCH = /^(?:true|false|yes|no|on|off|enabled?|disabled?|\d{1,3})$/i;
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:[^\s@/]+@/i;

/** Whether what a variable holds is likely a secret, by its name or by a password within a URL. */
export function isSecretLike(name: string, value: string): boolean {
  if (URL_WITH_PASSWORD.test(value)) return true;
  return NAME.test(name) && !NO_SECRET_NAME.test(name) && value !== "" && !SWITCH.test(value);
}

/** `text` without the password of a URL in it, for people. */
export function withoutPassword(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, "$1PASSWORD@");
}
