import type { Rule } from "./rule.ts";

/** What the builder's reader takes and its later steps refuse; each speaks where the build that is asked for fails. */
export const BUILD_FAILURE_RULES: readonly Rule[] = [
  failure(
    "DL3011",
    "a port is a number from 0 to 65535, with tcp, udp or sctp",
    "write e.g. EXPOSE 8080 or EXPOSE 53/udp",
  ),
  failure("SW1003", "the base image's name is no image reference", "write [registry/]name[:tag][@digest]"),
  failure(
    "SW1004",
    "a variable or a quote cannot be read",
    "close every quote and ${, escape a dollar sign that means itself, and give every variable that must be set a value",
  ),
  failure("SW1006", "a mount cannot be made", "give the mount a type and the fields that the type has"),
  failure("SW1007", "COPY --from takes no variable", "name a stage FROM the variable, and copy from that stage"),
  failure("SW1050", "files are taken from a stage that is not there yet", "name an earlier stage"),
  failure("SW1051", "stages take files from each other in a circle", "name an earlier stage"),
  failure("SW1052", "the platform cannot be read", "write e.g. --platform=linux/arm64"),
  failure("SW1053", "the file mode cannot be read", "write e.g. --chmod=0755 or --chmod=u=rwX,go=rX"),
  failure("SW1054", "--link takes no user or group by name", "write e.g. --chown=1000:1000"),
  failure("SW1055", "--checksum does not fit its source", "write --checksum=sha256:… with one address"),
  failure("SW1056", "the source cannot be copied", "use ADD for what is downloaded"),
  failure("SW1057", "a volume's path is empty", "name the folder, or remove the VOLUME"),
  failure("SW1058", "the signal is unknown", "write e.g. STOPSIGNAL SIGTERM"),
  failure("SW1059", "RUN has no command", "write what it runs, or remove it"),
  failure("SW1060", "the stage below has a trigger that is no instruction", "mend its ONBUILD"),
  failure("SW1061", "the check directive cannot be read", "write e.g. # check=skip=JSONArgsRecommended;error=true"),
  failure("SW1062", "the file asks for warnings to be errors", "mend it, or leave the check out by # check=skip=…"),
  failure("SW1063", "SOURCE_DATE_EPOCH is no time", "give it seconds since 1970"),
];

function failure(id: string, what: string, fix: string): Rule {
  return {
    id,
    severity: "error",
    why: `the build fails: ${what}`,
    fix,
    *check({ build }) {
      const said = new Set<number>();
      for (const { rule, line, reason } of build.faults) {
        if (rule !== id || said.has(line)) continue;
        said.add(line);
        yield { line, why: `the build fails: ${reason}` };
      }
    },
  };
}
