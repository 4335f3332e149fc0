#!/usr/bin/env bash
# The main job, as a person at a shell does it: set up, connect, draft a real article, approve, publish.
# Starts a server of its own on a free port and an empty folder, and asserts that the sandbox's timeline
# and the mail catcher hold exactly the approved text, once. Imports nothing of Galley.
#   test/acceptance/main-job.sh [ARTICLE]
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

article=${1:-test/fixtures/articles/shade.md}
work=$(mktemp -d "${TMPDIR:-/tmp}/galley-main-job.XXXXXX")
export XDG_CONFIG_HOME="$work/config"
unset GALLEY_TOKEN

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  tail -20 "$work/server.log" >&2 || true
  exit 1
}

cleanup() {
  if [ -n "${server:-}" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# Reads a field out of JSON on standard input: field 'items[0].id'
field() { node -e 'const v = JSON.parse(require("fs").readFileSync(0, "utf8")); process.stdout.write(String(eval("v." + process.argv[1])))' "$1"; }
step() { printf '%s\n' "- $1"; }
galley() { node bin/galley.mjs "$@"; }

# Fails unless the command ends with the exit code that is promised for its mistake.
refuses() {
  local expected=$1 code=0
  shift
  galley "$@" >"$work/refused.out" 2>"$work/refused.err" </dev/null || code=$?
  [ "$code" = "$expected" ] || fail "galley $* ended with $code instead of $expected: $(cat "$work/refused.err")"
  [ -s "$work/refused.err" ] || fail "galley $* was refused without a word"
}

step "start"
PORT=0 LOG_LEVEL=info DATA_DIR="$work/data" node bin/galley.mjs serve >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
  grep -q 'Galley is ready at' "$work/server.log" && break
  kill -0 "$server" 2>/dev/null || fail "the server ended"
  sleep 0.1
done
GALLEY_SERVER=$(sed -n 's/.*Galley is ready at \(http[^ ]*\).*/\1/p' "$work/server.log")
export GALLEY_SERVER
[ -n "$GALLEY_SERVER" ] || fail "the server did not become ready"

step "init"
refuses 3 posts
printf 'seven quiet herons wade' | galley init --email ada@example.com --time-zone Europe/Berlin --json >"$work/init.json"
[ "$(stat -c %a "$XDG_CONFIG_HOME/galley/sessions.json")" = 600 ] || fail "others can read the session"
refuses 5 init --email eve@example.com

step "connect"
galley connect sandbox --json >"$work/sandbox.json"
galley connect email --catcher --json >"$work/email.json"

step "draft"
galley draft "$article" --to sandbox,email --json >"$work/run.json"
[ "$(field state <"$work/run.json")" = done ] || fail "the run is not done"
post=$(field postId <"$work/run.json")
refuses 5 approve "$post" --yes # a draft that nobody submitted
refuses 4 draft missing.md --to sandbox
refuses 4 draft "$article" --to nowhere
refuses 2 draft --to sandbox
refuses 2 show not-an-id
refuses 5 draft http://169.254.169.254/latest/meta-data/ --to sandbox
head -c 5000000 /dev/zero | tr '\0' 'a' >"$work/large.md"
refuses 5 draft "$work/large.md" --to sandbox
head -c 5000 /dev/urandom >"$work/binary.md"
refuses 5 draft "$work/binary.md" --to sandbox

step "submit, approve"
galley submit "$post" --json >/dev/null
refuses 5 publish "$post" # not approved yet
galley approve "$post" --yes --json >"$work/approved.json"

step "publish"
galley publish "$post" --wait --json >/dev/null
galley status "$post" --json >"$work/status.json"
[ "$(field status <"$work/status.json")" = published ] || fail "the post is $(field status <"$work/status.json")"
refuses 5 publish "$post" # once is enough

step "read the platforms back"
curl --fail --silent "$GALLEY_SERVER/sandbox/control/journal" >"$work/journal.json"
node --input-type=module - "$work" <<'NODE'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
const read = (name) => JSON.parse(readFileSync(`${process.argv[2]}/${name}.json`, "utf8"));
const variant = read("approved").variants.find(({ connector }) => connector === "sandbox");
const journal = read("journal").posts.map(({ text }) => text);
assert.deepEqual(journal, variant.content.parts, "the timeline holds the approved text, once");
const { deliveries } = read("status");
assert.equal(deliveries.length, 2);
for (const { state, attempts, externalUrl } of deliveries) {
  assert.equal(state, "confirmed");
  assert.equal(attempts.length, 1);
  assert.match(externalUrl, /^http/);
}
NODE
# What a person follows: both links answer.
for url in $(field "deliveries.map((d) => d.externalUrl).join(' ')" <"$work/status.json"); do
  curl --fail --silent --output /dev/null "$url" || fail "$url does not answer"
done

step "doctor, logout"
galley doctor >/dev/null
galley logout >/dev/null
refuses 3 posts
kill "$server"
wait "$server" || fail "the server did not stop cleanly"
server=""

step "read the log"
# One line for each outcome, with whom it concerns and nothing of what was written.
outcomes() { grep -c "\"outcome\":\"$2\".*\"msg\":\"$1\"" "$work/server.log" || true; }
[ "$(outcomes connection connected)" = 2 ] || fail "the log tells of $(outcomes connection connected) connections"
[ "$(outcomes run proposed)" = 1 ] || fail "the log tells of $(outcomes run proposed) runs"
[ "$(outcomes run failed)" -ge 1 ] || fail "the log does not tell of a run that failed"
[ "$(outcomes delivery confirmed)" = 2 ] || fail "the log tells of $(outcomes delivery confirmed) deliveries"
! grep -q 'seven quiet herons' "$work/server.log" || fail "the log holds the password"

GALLEY_TOKEN=none refuses 6 posts
printf 'ok: drafted, approved and published once, in %s s\n' "$SECONDS"
