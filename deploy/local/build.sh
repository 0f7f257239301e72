# Sourced by up and demo: tools, building, and starting Java with the stack's class path. Needs $root.
# A neutral locale for everything that is started from here: the broker, for one, does not start in a Turkish one.
export LC_ALL=C.UTF-8
unset LANGUAGE
stack_target="$root/deploy/local/stack/target"
built_stamp="$root/deploy/local/target/built"
services="token-service policy-service firewall-sync-service audit-service"

refuse() { echo "$1" >&2; exit 1; }

needs_tools() {
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  command -v git >/dev/null || refuse "git is missing: install it."
  command -v "$java" >/dev/null || refuse "There is no $java: install a JDK 17 or newer, or set JAVA_HOME to one."
  local version
  version="$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')"
  [ "${version%%.*}" -ge 17 ] 2>/dev/null || refuse "Java 17 or newer is needed, $java is version ${version:-unknown}: set JAVA_HOME to a newer JDK."
}

needs_maven() {
  command -v "${java}c" >/dev/null || refuse "$java belongs to a runtime without a compiler: install a JDK 17 or newer."
  command -v mvn >/dev/null || refuse "Maven is missing: install Maven 3.8 or newer."
  local version major minor
  version="$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -1)"
  major="${version%%.*}"
  minor="${version#*.}"
  minor="${minor%%.*}"
  [ "${major:-0}" -gt 3 ] || { [ "${major:-0}" -eq 3 ] && [ "${minor:-0}" -ge 8 ]; } || refuse "Maven 3.8 or newer is needed, this is ${version:-unknown}."
}

# Whether everything is built from the sources as they are now: then a start needs no Maven.
is_built() {
  [ -e "$built_stamp" ] && [ -e "$stack_target/classpath.txt" ] || return 1
  local service changed
  for service in $services; do
    [ -e "$root/$service/target/quarkus-app/quarkus-run.jar" ] || return 1
  done
  changed="$(find "$root" \( -name target -o -name .git -o -name .postern -o -path '*/src/test' -o -name docs -o -name system-tests \) -prune \
    -o \( -path '*/src/main*' -o -name pom.xml \) -newer "$built_stamp" -print | head -1)"
  [ -z "$changed" ]
}

# What Up checks before it starts anything, checked roughly before a build too: nobody should wait minutes to hear that a port is in use.
would_start() {
  local data="$root/.postern" own_ports=no taken="" port mebibytes
  while [ $# -gt 0 ]; do
    case "$1" in --data) data="${2:-}"; shift ;; --port | --free-ports | --services) own_ports=yes ;; esac
    shift
  done
  if [ -e "$data/up.pid" ] && kill -0 "$(cat "$data/up.pid")" 2>/dev/null; then return; fi
  if [ $own_ports = no ]; then
    for port in 9092 9093 5433 8180 8090 8091 8080 8081 8082 8083 8084 9081 9082 9083 9084; do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then taken="$taken $port"; fi
    done
    [ -z "$taken" ] || refuse "Ports in use:$taken. End what listens there, or choose others: --port <name>=<number>, or --free-ports for all."
  fi
  mebibytes="$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || true)"
  [ -z "$mebibytes" ] || [ "$mebibytes" -ge 2560 ] || refuse "Too little memory: $mebibytes MiB are available, the stack needs 2560 MiB."
}

build_what_is_not_built() {
  is_built && return
  # An older build can list its options.
  case " $* " in *" --help "*) [ ! -e "$stack_target/classpath.txt" ] || return 0 ;; esac
  needs_maven
  would_start "$@"
  local log="$root/deploy/local/target/build.log" started
  mkdir -p "$(dirname "$log")"
  echo "Building (all of it is in $log) …"
  started="$(mktemp "$root/deploy/local/target/building.XXXXXX")"
  # What is downloaded is said line by line: on a machine with an empty Maven repository this takes minutes.
  (cd "$root" && mvn --batch-mode -Dmaven.test.skip=true -Dcheckstyle.skip -Dformatter.skip -pl "$(echo "$services" | tr ' ' ','),deploy/local/stack" -am package 2>&1) \
    | tee "$log" | awk '
        /Building Postern|BUILD|^\[ERROR\]/ { sub(/^\[[A-Z]*\] */, ""); gsub(/-[-]+[<>]*/, ""); print "  " $0; fflush(); next }
        /^(\[INFO\] )?Downloaded from/ { sub(/ \(.*/, ""); sub(/.*\//, ""); printf "    downloaded %s\n", $0; fflush() }' \
    || { rm -f "$started"; refuse "The build failed; the whole of it is in $log."; }
  touch -r "$started" "$built_stamp"
  rm -f "$started"
}

exec_stack() {
  local main="$1"
  shift
  exec "$java" -Duser.language=en -Duser.country=US -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dpostern.root="$root" \
    -cp "$stack_target/classes:$(cat "$stack_target/classpath.txt")" "$main" "$@"
}
