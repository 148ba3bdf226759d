/** The text without what `slipway maintenance` switches, which every site has alike. */
export function withoutMaintenance(text: string): string {
  return text.replace(
    /\n {4}if \(-f [^)]*\/maintenance\/[^)]*\) \{\n[^}]*\}\n\n {4}location = \/\.slipway\/maintenance \{\n[^}]*\}\n/g,
    "",
  );
}
