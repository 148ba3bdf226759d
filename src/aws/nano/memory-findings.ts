import type { FitFinding, SumRow } from "../../release/fit.ts";
import type { InstanceType } from "./instance-type.ts";
import { type FittedContainer, leftBy, memoryDemands, servicesMemory, smallestType, total } from "./memory-fit.ts";

/**
 * What of `declared` the type cannot give, or may not be able to. Why a limit that it could never give is an error and
 * their sum a warning: a limit is what a container may take at worst, and hardly ever do all of them at once. Reservations
 * are an error together, with what the one roll needs on top that needs most: however few services a release changes,
 * there is no way to deploy that one.
 */
export function memoryFindings(host: string, type: InstanceType, declared: readonly FittedContainer[]): FitFinding[] {
  const left = servicesMemory(type);
  if (left === undefined) return [];
  const has = `but a ${type} leaves its services ${left} MiB`;
  const { limits, reserved, roll, rollOfAll } = memoryDemands(declared);
  const found = (
    severity: FitFinding["severity"],
    [path, property]: readonly [string, string],
    [asked, remedy]: readonly [string, string],
    rows: readonly SumRow[],
  ): FitFinding => ({
    ...{ severity, path, property },
    problem: `${asked}, ${has}: ${remedy}, or ${larger(type, total(rows))}`,
    rows: [...leftBy(type), ...rows],
  });

  const tooLarge = declared
    .filter(({ memoryMiB }) => memoryMiB > left)
    .map(({ path, name, memoryMiB }) =>
      found(
        "error",
        [path, "memoryMiB"],
        [`is ${memoryMiB}`, "declare less"],
        [{ what: `${name}, at most`, mib: memoryMiB }],
      ),
    );
  if (tooLarge.length === 0 && total(limits) > left) {
    const asked = `its services may take ${total(limits)} MiB in sum`;
    tooLarge.push(found("warning", [host, "memoryMiB"], [asked, "declare memoryMiB as each needs it"], limits));
  }
  const reservations = (): FitFinding[] => {
    const last = declared.findLast(({ memoryReservationMiB = 0 }) => memoryReservationMiB > 0);
    const [promised, promisedToAll] = [
      [...reserved, ...roll],
      [...reserved, ...rollOfAll],
    ];
    if (last === undefined || total(promisedToAll) <= left) return [];
    if (total(promised) > left) {
      const asked = `is ${last.memoryReservationMiB}, and with it ${total(promised)} MiB are reserved on ${host} while a release comes`;
      return [found("error", [last.path, "memoryReservationMiB"], [asked, "declare less"], promised)];
    }
    const asked = `${total(promisedToAll)} MiB are reserved while a release replaces all services`;
    const remedy = "change them one after the other";
    return [found("warning", [host, "memoryReservationMiB"], [asked, remedy], promisedToAll)];
  };
  return [...tooLarge, ...reservations()];
}

function larger(type: InstanceType, mib: number): string {
  const { smallestType: smallest } = smallestType(type, mib);
  return smallest === undefined ? "choose a larger type of another family" : `choose a ${smallest}`;
}
