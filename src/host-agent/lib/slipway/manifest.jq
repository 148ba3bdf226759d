# Says what keeps a manifest from being released on this host, a line each; says nothing when it may be.
# $host is this host's own name.

def present: with_entries(select(.value != null));
def whole($low; $high): type == "number" and . == floor and . >= $low and . <= $high;
def line: type == "string" and (test("[\n\r\u0000]") | not);
def named: type == "string" and test("^[A-Za-z_][A-Za-z0-9_]*$");
def unknown($known): (present | keys - $known)[] | "has the unknown key \(.)";
def words: type == "array" and all(type == "string");
def need($ok; $rule): if $ok then empty else $rule end;

def health:
  unknown(["kind", "path", "expectStatus", "host", "command", "seconds", "interval", "timeout", "retries", "startPeriod"]),
  need(.kind | . == "tcp" or . == "http" or . == "command" or . == "running"; "is of no known kind"),
  need(.kind != "command" or (.command | words and length > 0 and all(test("[\u0000-\u001f]") | not)); "has no command"),
  need(.kind != "running" or (.seconds | whole(1; 3600)); "runs for no time"),
  need(.kind != "http" or (.path | type == "string" and test("^/[^ \t\n\r]*$")); "has no path"),
  need((.host // "localhost") | type == "string" and test("^[A-Za-z0-9.:-]+$"); "has an invalid host"),
  need((.expectStatus // 200) | whole(100; 599); "expects no status"),
  need((.host // "a") | type == "string" and test("^[A-Za-z0-9.-]+(:[0-9]{1,5})?$"); "names no host"),
  ((.interval, .timeout, .retries) | need(whole(1; 3600); "has a time out of range")),
  need(.startPeriod | whole(0; 3600); "has a start period out of range");

def secret:
  unknown(["from", "id", "key", "as", "version"]),
  need(.from == "parameter" or .from == "secrets-manager"; "comes from nowhere"),
  need(.id | line and length > 0 and (test("[\t ]") | not); "has no id"),
  need((.key // "-") | line and (test("\t") | not); "has no valid key"),
  need((.as // "env") | . == "env" or . == "file"; "is neither env nor file"),
  need((.version // "1") | line; "has no valid version");

def map_of(f): type == "object" and (to_entries | all(f));

# What container.jq makes words of docker run of.
def engine_options: ["user", "workdir", "entrypoint", "init", "ulimits", "shmSizeMiB", "capAdd", "capDrop", "readOnly", "extraHosts", "stopSignal", "labels", "memoryReservationMiB"];
def engine:
  need((.user // "0") | type == "string" and test("^[A-Za-z0-9_][A-Za-z0-9_.$-]*(:[A-Za-z0-9_][A-Za-z0-9_.$-]*)?$"); "has an invalid user"),
  need((.workdir // "/") | line and startswith("/"); "has no absolute workdir"),
  need((.entrypoint // ["-"]) | words and length > 0; "has no valid entrypoint"),
  need([.init, .readOnly] | all(. == null or type == "boolean"); "has a switch that is neither on nor off"),
  need((.ulimits // {}) | map_of((.key | test("^[a-z]+$")) and (.value | type == "object" and ([.soft, .hard] | all(whole(-1; 9007199254740991))))); "has an invalid ulimit"),
  need((.shmSizeMiB // 64) | whole(1; 1048576); "has no shared memory"),
  need([.capAdd // [], .capDrop // []] | all(words and all(test("^(ALL|CAP_[A-Z_]+)$"))); "has an invalid capability"),
  need((.extraHosts // {}) | map_of((.key | test("^[A-Za-z0-9._-]+$")) and (.value | type == "string" and test("^(host-gateway|[0-9a-fA-F.:]+)$"))); "has an invalid extra host"),
  need((.stopSignal // "TERM") | type == "string" and test("^[A-Za-z0-9+-]+$"); "has an invalid stop signal"),
  need((.labels // {}) | map_of((.key | test("^[A-Za-z0-9._/-]+$") and (startswith("slipway.") | not)) and (.value | type == "string")); "has an invalid label"),
  need(.memoryReservationMiB == null or (.memoryReservationMiB | whole(6; 1048576)) and .memoryReservationMiB <= (.memoryMiB // 256); "has an invalid memory reservation");

def volume_name: type == "string" and test("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$");
def path: type == "string" and test("^(/[^/,:\"\\\\\n\r\u0000]+)+$") and (test("/[.]{1,2}(/|$)") | not);
# What no container gets of this machine; the declaration names more.
def kept: test("^/(etc|proc|sys|dev|boot|run|var/run|var/lib/docker|var/lib/containerd|var/lib/slipway|var/lib/slipway-data|usr/local/lib/slipway|usr/local/sbin)(/|$)") or test("^/(var|var/lib|usr|usr/local|usr/local/lib)$");
def mount:
  unknown(["kind", "volume", "shared", "readOnly", "sizeMiB", "source", "content"]),
  need([.shared, .readOnly] | all(. == null or type == "boolean"); "has a switch that is neither on nor off"),
  if .kind == "volume" then need(.volume | volume_name; "has no volume")
  elif .kind == "tmpfs" then need((.sizeMiB // 1) | whole(1; 1048576); "has no size")
  elif .kind == "host" then need(.source | path and (kept | not); "shows what no container gets: \(.source)")
  elif .kind == "file" then need(.content | type == "string" and length > 0; "has no content")
  else "is of no known kind" end;
def alone: (.mounts // {} | objects) | [.[] | objects | select(.kind == "volume" and .shared != true)] | length > 0;

# What a container is made of, whether it serves or runs to its end; $known are the keys that it has besides.
def container($known):
  unknown(["name", "image", "env", "secrets", "memoryMiB", "pidsLimit", "cpus", "stopGraceSeconds", "command", "logs"] + engine_options + $known),
  engine,
  need(.image | type == "string" and test("^[A-Za-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}$"); "has an image that is not pinned by digest: \(.image)"),
  ((.env // {}) | to_entries[] | need((.key | named) and (.value | line); "has the invalid variable \(.key)")),
  ((.secrets // {}) | to_entries[] | need((.key | named) and (.value | type == "object"); "has the invalid secret \(.key)"), (.key as $key | .value | objects | secret | "secret \($key) \(.)")),
  need((((.env // {}) | keys) - (((.env // {}) | keys) - ((.secrets // {}) | keys))) | length == 0; "has one name both plain and secret"),
  need((.memoryMiB // 256) | whole(6; 1048576); "has no memory limit"),
  need((.pidsLimit // 512) | whole(1; 4194304); "has no pids limit"),
  need((.cpus // 1) | type == "number" and . >= 0.01; "has no CPU limit"),
  need((.stopGraceSeconds // 10) | whole(0; 3600); "has no stop grace"),
  need((.command // ["-"]) | words; "has no valid command"),
  need(.logs == null or (.logs | type == "object" and (keys == ["group", "region"]) and (.group | type == "string" and test("^[A-Za-z0-9._/#-]{1,512}$")) and (.region | type == "string" and test("^[a-z0-9-]+$"))); "has no valid log group");

def spec: type == "string" and test("^[0-9a-f]{16}$");

def service($services):
  container(["spec", "port", "slots", "direct", "mounts", "health", "introduction", "dependsOn"]),
  need((.dependsOn // []) | words and . - $services == []; "depends on a service that is none"),
  need(.spec | spec; "has no spec"),
  need(.port == null and (.health.kind? | . == "command" or . == "running") or (.port | whole(1; 65535)); "has no port"),
  need(.port == null or .health.kind? != "running"; "has a port that nothing asks"),
  need(.port == null or (.slots | type == "array" and length == 2 and all(whole(1024; 65535)) and .[0] != .[1]); "has no two slots"),
  need(.port != null or .slots == null and .introduction == null; "has slots without a port"),
  need((.mounts // {}) | type == "object"; "has no valid mounts"),
  ((.mounts // {} | objects) | to_entries[] | .key as $at | need(($at | path) and ($at | test("^/(proc|sys|dev|run/secrets)(/|$)|^/run$") | not); "has the invalid mount \($at)"),
    (.value | if type == "object" then mount else "is no object" end | "mount \($at) \(.)")),
  need((.direct != null) == (alone and .port != null) and (.direct // "127.0.0.1:1024" | type == "string" and test("^[0-9.]+:[0-9]{4,5}$")); "has no address of its own for its one container"),
  need(.health | type == "object"; "has no health check"),
  (.health | objects | health | "health check \(.)"),
  need(.port == null or (.introduction | type == "string"); "has no introduction");

def task($services):
  container(["spec", "timeoutSeconds", "before"]),
  need(.spec | spec; "has no spec"),
  need(.timeoutSeconds | whole(1; 3600); "has no timeout"),
  need(.before | words and . - $services == []; "is before a service that is none");

def schedule:
  container(["timeoutSeconds", "calendar"]),
  need(.timeoutSeconds | whole(1; 86400); "has no timeout"),
  need(.calendar | type == "string" and test("^([A-Z][A-Za-z.,]* )?[*]-[0-9*.,]+-[0-9*.,]+ [0-9*.,]+:[0-9*.,]+:00 UTC$"); "has no calendar");

def tls:
  unknown(["name", "file", "acme", "certificate", "before", "secured", "lost"]),
  need(.name | type == "string" and test("^([*][.])?[a-z0-9.-]+$"); "has no name"),
  need(.file == (.name | tostring | sub("^[*]"; "_")); "has another file"),
  need([.before, .secured, .lost] | all(type == "string" and length > 0); "has no texts"),
  need([.acme, .certificate] | map(select(. != null)) | length == 1; "has not one source"),
  ((.certificate // empty) | secret | "certificate \(.)"),
  ((.acme // empty)
    | unknown(["email", "directory", "ca", "account", "zone"]),
      need(.email | type == "string" and test("^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$"); "has no email"),
      need(.directory | type == "string" and test("^https://[^ '\"\t\n\r]+$"); "has no directory"),
      need((.ca // "-----BEGIN") | type == "string" and startswith("-----BEGIN"); "has no valid authority"),
      need((.zone // "Z") | type == "string" and test("^[A-Z0-9]{1,32}$"); "has no valid zone"),
      ((.account // empty) | need(.keyId | line; "has no key id"), (.hmacKey | secret | "external account \(.)")));

def basicAuth:
  unknown(["name", "file", "users"]),
  need(.name | line; "has no name"),
  need(.file | type == "string" and test("^[a-z0-9_][a-z0-9.-]*-[0-9a-f]{8}$"); "has no file"),
  need(.users | type == "object" and length > 0; "has no users"),
  ((.users | objects | to_entries[]) | need(.key | test("^[A-Za-z0-9._@+-]{1,64}$"); "has the invalid user \(.key)"),
    need(.value | type == "object"; "has no secret for \(.key)"),
    (.key as $user | .value | objects | secret | "password of \($user) \(.)"));

def signatures:
  unknown(["keys", "endpoints"]),
  need(.keys | words and length > 0 and all(startswith("-----BEGIN PUBLIC KEY-----")); "has no keys"),
  need(.endpoints | map_of((.key | test("^[A-Za-z0-9.:-]+$")) and (.value | type == "string" and test("^https?://[A-Za-z0-9.:-]+$"))); "has an invalid endpoint");

def login:
  unknown(["repository", "registry", "username", "password"]),
  need(.repository | type == "string" and test("^[A-Za-z0-9][A-Za-z0-9._:/-]*$"); "has no repository"),
  need(.registry | line and length > 0; "has no registry"),
  need(.username | line and (test(":") | not); "has no username"),
  need(.password | type == "object"; "has no password"),
  (.password | objects | secret | "password \(.)");

if type != "object" then "the manifest is no object"
elif .manifest != 2 and .manifest != 3 then "this agent reads manifests 2 and 3, not \(.manifest)"
elif .host != $host then "the manifest is for \(.host), this host is \($host)"
else
  unknown(["manifest", "host", "ecr", "drainSeconds", "keepReleases", "dataVolume", "irreversible", "metrics", "reboot", "sites", "tls", "basicAuth", "logins", "signatures", "services", "tasks", "taskLedger", "schedules"] + if .manifest == 2 then [] else ["agent"] end),
  need(.manifest == 2 or (.agent | type == "object" and (.document | line) and (.sha256 | type == "string" and test("^[0-9a-f]{64}$"))); "names no agent"),
  need((.irreversible // false) | type == "boolean"; "does not say whether it is irreversible"),
  need(.reboot == null or (.reboot | type == "object" and keys == ["from", "to"] and all(type == "string" and test("^([01][0-9]|2[0-3]):[0-5][0-9]$"))); "has no window for a reboot"),
  need((.metrics // "a") | type == "string" and test("^[A-Za-z0-9._/#-]{1,255}$"); "puts its metrics nowhere"),
  need(.sites | type == "string" and length > 0; "has no sites"),
  need((.ecr // []) | type == "array" and all(type == "string" and test("^[A-Za-z0-9.:-]+$")); "has an invalid ecr address"),
  need((.drainSeconds // 10) | whole(0; 3600); "has no drain time"),
  need((.dataVolume // "vol-00000000") | type == "string" and test("^vol-[0-9a-f]{8,17}$"); "has an invalid data volume"),
  need((.keepReleases // 3) | whole(1; 100); "keeps no releases"),
  need((.tls // []) | type == "array"; "has no valid tls"),
  ((.tls // [] | arrays)[] | (.name | tostring) as $name | tls | "name \($name) \(.)"),
  need((.basicAuth // []) | type == "array"; "has no valid basicAuth"),
  ((.basicAuth // [] | arrays)[] | (.name | tostring) as $name | basicAuth | "basic auth of \($name) \(.)"),
  need((.logins // []) | type == "array"; "has no valid logins"),
  ((.logins // [] | arrays)[] | (.repository | tostring) as $name | login | "login of \($name) \(.)"),
  need((.signatures // {}) | type == "object"; "has no valid signatures"),
  ((.signatures // empty | objects) | signatures | "signatures \(.)"),
  ((.signatures // empty | objects | .endpoints | objects | keys) as $known | [(.services, .tasks // [], .schedules // []) | arrays[] | .image | tostring | split("/")[0]] - $known | .[] | "has no endpoint for the signatures of \(.)"),
  need(.services | type == "array"; "has no services"),
  need([.tasks // [], .schedules // []] | all(type == "array"); "has no valid tasks or schedules"),
  need((.tasks // []) == [] or (.taskLedger | type == "string" and test("^/[A-Za-z0-9_./-]+$")); "names no ledger of its tasks"),
  [(.services, .tasks // [], .schedules // []) | arrays[] | .name | tostring] as $names
  | [.services | arrays[] | .name] as $services
  | ($names[] | need(test("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"); "\(.) is an invalid name")),
    need(($names | unique | length) == ($names | length); "two have one name"),
    ((.services | arrays)[] | (.name | tostring) as $name | service($services) | "service \($name) \(.)"),
    ((.tasks // [] | arrays)[] | (.name | tostring) as $name | task($services) | "task \($name) \(.)"),
    ((.schedules // [] | arrays)[] | (.name | tostring) as $name | schedule | "schedule \($name) \(.)"),
    ((.services | arrays) | need([.[] | objects | .name as $of | (.mounts // {} | objects)[] | objects | select(.kind == "volume") | {volume, of: $of, shared: (.shared == true)}] | group_by(.volume) | all((map(.of) | unique | length) == 1 or all(.shared)); "two services have one volume")),
    ((.services | arrays) | need((map(.slots | arrays) | add // [] | unique | length) == (map(.slots | arrays) | add // [] | length); "two services have one slot"))
end
