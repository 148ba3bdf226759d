const SECRET = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const ABOUT = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** Whether BuildKit takes a variable of this name for a secret. */
export function isSecretKey(name: string): boolean {
  return SECRET.test(name) && !ABOUT.test(name);
}
