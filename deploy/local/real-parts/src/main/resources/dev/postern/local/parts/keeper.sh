# Keeps one child process, for as long as the one who started it lives.
#   bash keeper.sh <pid file> <signal that ends it in order> <folder to sweep or -> <command> [argument...]
# - The child is the leader of a process group of its own: Ctrl-C in the terminal does not reach it, so whoever
#   started it ends things in the order it wants; and what the child starts can be signalled together with it.
# - Standard input is a pipe from the starter. When that ends, the starter is gone (even by kill -9): the child is ended, and the
#   folder of a test is swept. So nothing is ever left behind.
pid_file=$1 stop_signal=$2 sweep=$3
shift 3
exec 3<&0
set -m
"$@" </dev/null 3<&- &
child=$!
set +m
echo "$child" >"$pid_file"
trap : INT TERM HUP
{
  trap '' INT TERM HUP
  while read -r _ <&3; do :; done
  : >"$pid_file.starter-gone"
  kill -CONT -- "-$child" 2>/dev/null
  kill "-$stop_signal" -- "-$child" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$child" 2>/dev/null || break
    sleep 1
  done
  kill -KILL -- "-$child" 2>/dev/null
} &
watcher=$!
disown "$watcher" # or bash would report its end in the child's log
while kill -0 "$child" 2>/dev/null; do wait "$child"; done
wait "$child"
status=$?
kill -KILL "$watcher" 2>/dev/null
if [ -e "$pid_file.starter-gone" ]; then
  rm -f -- "$pid_file.starter-gone"
  [ "$sweep" = - ] || rm -rf -- "$sweep"
fi
rm -f -- "$pid_file"
exit "$status"
