# The words of "docker run" that make the container of a service what it is declared to be, quoted for the shell: options,
# image, command. What is not declared adds no word, so that the engine and the image decide.

def is($option; $word): select(. != null) | $option, "\($word)";

# The engine sends what it writes to CloudWatch and keeps the end beside. Without waiting: otherwise no container would
# start while CloudWatch does not answer, and one would stop at its next line.
def log_words: .name as $name | .logs | select(. != null) | "--log-driver", "awslogs", (
    "awslogs-region=\(.region)", "awslogs-group=\(.group)", "tag=\($name)/{{.ID}}",
    "mode=non-blocking", "max-buffer-size=4m", "cache-max-size=10m", "cache-max-file=3"
    | "--log-opt", .);

[
  ((.memoryMiB // 256) | "--memory", "\(.)m", "--memory-swap", "\(.)m"),
  (.memoryReservationMiB | is("--memory-reservation"; "\(.)m")),
  "--pids-limit", "\(.pidsLimit // 512)",
  "--stop-timeout", "\(.stopGraceSeconds // 10)",
  (.cpus | is("--cpus"; .)),
  (.user | is("--user"; .)),
  (.workdir | is("--workdir"; .)),
  (.init | select(. != null) | "--init=\(.)"),
  ((.ulimits // {}) | to_entries[] | "--ulimit", "\(.key)=\(.value.soft):\(.value.hard)"),
  (.shmSizeMiB | is("--shm-size"; "\(.)m")),
  ((.capAdd // [])[] | "--cap-add", .),
  ((.capDrop // [])[] | "--cap-drop", .),
  (.readOnly | select(. == true) | "--read-only"),
  ((.extraHosts // {}) | to_entries[] | "--add-host", "\(.key):\(.value)"),
  (.stopSignal | is("--stop-signal"; .)),
  ((.labels // {}) | to_entries[] | "--label", "\(.key)=\(.value)"),
  log_words,
  (.entrypoint | is("--entrypoint"; .[0])),
  .image,
  ((.entrypoint // [])[1:][]),
  ((.command // [])[])
] | @sh
