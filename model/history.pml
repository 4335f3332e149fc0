/*
 * One approved post, and a database that forgets: restored from a dump, a standby promoted without the last commits,
 * a disk set back, or a copy of the whole installation started beside it.
 *
 * How a worker claims, sends and reads back is shown by sending.pml; here it takes as few steps as it can, and reading
 * back is right, once the window is over. Rules are left out with -DNO_<RULE>: `npm run model`.
 */
#include "claims.pml"

#define NOBODY 9

mtype = { tomorrow, scheduled, claimed, in_flight, ambiguous, looked_for, refused, confirmed };
mtype = { dump, standby, disk, clone };

/* db[0] is the database; db[1] is that of a copy of the installation, once there is one. */
typedef Database {
  mtype row;                 /* of `deliveries` */
  mtype state_before;        /* of a row that is looked for */
  byte owner;                /* whose claim is the current one */
  bool quarantined;
  bool checked;              /* looked for in this quarantine, and proven absent */
  bool behind;               /* its beat is lower than the one in the data folder */
  bool other_timeline;       /* than the one in the data folder */
  bool forgot_intents        /* its WAL position is lower than it was */
};
Database db[2];

/* A moment of the past. */
bool kept;
mtype kept_row;
byte kept_owner;

/* What has become of the history; it happens once. */
mtype = { nothing_yet };
mtype how = nothing_yet;
bool other_is_on = true;     /* the original of a copy */

/* The processes. */
bool begun;
bool alone;                  /* the second worker never runs; fixed for a run */
byte database_of[2];
bool connected[2];
bool remembers[2];           /* it ran before the history changed */
bool wrote_later[2];         /* it wrote an intent after the kept moment, and remembers the WAL position */
bool sending[2];             /* between its intent and the end of its call */
mtype = { nothing, ok, own_refusal };

#define MY db[database_of[_pid]]

/* Each call is over, and what was taken shows: so long is W. */
#define WINDOW_IS_OVER (copy != pending && !sending[0] && !sending[1])

inline goes_to(where) { MY.row = where; MY.owner = NOBODY }

inline enter_quarantine() {
  MY.quarantined = true; MY.checked = false;
  printf("worker %d finds that the database has forgotten: quarantine\n", _pid)
}

/* On every new connection, before anything else. */
inline connect() {
  !connected[_pid] && (database_of[_pid] == 1 || other_is_on) -> connected[_pid] = true;
  if
#ifndef NO_TIMELINE
#ifdef NO_TIMELINE_IN_FOLDER
  :: MY.other_timeline && remembers[_pid] -> MY.other_timeline = false; enter_quarantine()
#else
  :: MY.other_timeline -> MY.other_timeline = false; enter_quarantine()
#endif
#endif
#ifndef NO_WAL_POSITION
  :: MY.forgot_intents && wrote_later[_pid] -> MY.forgot_intents = false; enter_quarantine()
#endif
  :: else
  fi;
  remembers[_pid] = true; wrote_later[_pid] = false
}

/* Every two seconds, and in every claim. */
#ifdef NO_BEAT
#define IS_CURRENT true
#else
#define IS_CURRENT (!MY.behind)
#endif

inline beat() {
  connected[_pid] && !IS_CURRENT -> MY.behind = false; enter_quarantine()
}

inline claim() {
  connected[_pid] && MY.row == scheduled && !MY.quarantined && IS_CURRENT ->
    MY.row = claimed; MY.owner = _pid;
    printf("worker %d claims the post\n", _pid)
}

inline write_intent() {
  connected[_pid] ->
    if
    :: MY.owner == _pid && MY.row == claimed && !MY.quarantined -> MY.row = in_flight
    :: else -> goto idle
    fi;
    sending[_pid] = true; wrote_later[_pid] = kept && how == nothing_yet;
    printf("worker %d writes its intent\n", _pid)
}

inline send() {
  if
  :: platform_takes(false); printf("the platform takes the post\n");
     if :: answer = ok :: answer = nothing fi
  :: answer = nothing
  :: answer = own_refusal
  fi;
  sending[_pid] = false
}

inline write_answer() {
  connected[_pid] ->
    if
    :: MY.owner == _pid && MY.row == in_flight ->
       if
       :: answer == ok -> tell_published(copy != none); goes_to(confirmed)
       :: answer == nothing -> goes_to(ambiguous)
       :: answer == own_refusal ->
          /* In quarantine it is looked for all the same. */
          if :: MY.quarantined :: else -> tell_failed() fi;
          goes_to(refused)
       fi;
       printf("worker %d writes the answer: %e\n", _pid, answer)
    :: else
    fi;
    answer = nothing
}

/* What is looked up counts only once nobody else can send it. */
#ifdef NO_LOOK_AFTER_OFF
#define MAY_LOOK true
#else
#define MAY_LOOK (database_of[_pid] == 0 || !other_is_on)
#endif

/* Reading back, of a lost answer or of what is looked for in quarantine. */
#define MAY_BE_JUDGED (MY.row == ambiguous && WINDOW_IS_OVER && MAY_LOOK)
#ifdef NO_NEW_WINDOW
#define MAY_BE_LOOKED_FOR (MY.row == looked_for)      /* its window is over since long before the restore */
#else
#define MAY_BE_LOOKED_FOR (MY.row == looked_for && WINDOW_IS_OVER)
#endif
#ifdef NO_UNKNOWN_SINCE
#define SHOWS false          /* the list reaches back to now, not to the moment of the backup */
#else
#define SHOWS (copy == visible)
#endif

inline read_back() {
  connected[_pid] ->
    if
    :: MAY_BE_JUDGED ->
       if
       :: copy == visible -> goes_to(confirmed)
       :: else -> goes_to(scheduled); MY.checked = true
       fi
    :: MAY_BE_LOOKED_FOR ->
       if
       :: SHOWS -> goes_to(confirmed)
       :: else -> goes_to(MY.state_before); MY.checked = true
       fi
    fi;
    printf("worker %d has read back: the post is %e\n", _pid, MY.row)
}

/* Every state from which sending is possible is looked for, and what the backup held as open gets a new window. */
#ifdef NO_ALL_STATES
#define MAY_BE_SENT (MY.row == scheduled)
#else
#define MAY_BE_SENT (MY.row == scheduled || MY.row == tomorrow || MY.row == refused)
#endif

inline look_for() {
  connected[_pid] && MY.quarantined && MAY_LOOK && !MY.checked ->
    if
    :: MAY_BE_SENT -> MY.state_before = MY.row; goes_to(looked_for)
    :: MY.row == ambiguous -> MY.state_before = scheduled; goes_to(looked_for)
    fi;
    printf("worker %d looks for the post\n", _pid)
}

/* An admin of the installation ends the quarantine, once nothing is left to look for and the other one is off. */
inline release() {
  connected[_pid] && MY.quarantined && MY.row != looked_for && MY.row != ambiguous && MY.row != claimed &&
  MY.row != in_flight && (MY.checked || !MAY_BE_SENT) && (database_of[_pid] == 0 || !other_is_on) ->
    MY.quarantined = false;
    printf("an admin releases the quarantine\n")
}

inline restart() {
  !(how == disk && MY.forgot_intents) -> connected[_pid] = false; remembers[_pid] = false; wrote_later[_pid] = false; sending[_pid] = false;
  printf("worker %d is started anew\n", _pid)
}

active [2] proctype Worker() {
  mtype answer = nothing;
  atomic { begun && (_pid == 0 || !alone) };
idle:
  do
  :: atomic { connect() }
  :: atomic { beat() }
  :: atomic { read_back() }
  :: atomic { look_for() }
  :: atomic { release() }
  :: atomic { restart() }
  :: atomic { claim() }; break
  od;
  if :: atomic { connect() } :: atomic { connected[_pid] } fi;
  if :: atomic { write_intent() } :: atomic { restart() }; goto idle fi;
  /* The last look at the clock may say that it is too late to send. */
  if :: atomic { send() } :: atomic { sending[_pid] = false } fi;
  if :: atomic { connect() } :: atomic { connected[_pid] } fi;
  if :: atomic { write_answer() } :: atomic { restart() }; goto idle fi;
  goto idle
}

/* Leases end, posts show, times come, and a person tries again what was refused. */
inline goes_on(d) {
  if
  :: db[d].row == claimed -> db[d].row = scheduled; db[d].owner = NOBODY
  :: db[d].row == in_flight -> db[d].row = ambiguous; db[d].owner = NOBODY
  :: db[d].row == tomorrow -> db[d].row = scheduled; printf("a person, or the time, says: now\n")
  :: db[d].row == refused -> db[d].row = scheduled; printf("a person says: try again\n")
  fi
}

active proctype World() {
  do
  :: atomic { copy == pending -> copy = visible; printf("the post shows\n") }
  :: atomic { goes_on(0) }
  :: atomic { database_of[1] == 1 -> goes_on(1) }
  od
}

inline forgets() { db[0].row = kept_row; db[0].owner = kept_owner; db[0].checked = false }

active proctype History() {
  atomic { begun -> kept = true; kept_row = db[0].row; kept_owner = db[0].owner; printf("a moment is kept: %e\n", kept_row) };
  atomic {
    if
    /* An older dump is read into the running database: no connection breaks, no position goes back. */
    :: how = dump; forgets(); db[0].owner = NOBODY; db[0].behind = true
    /* A standby takes over without the last commits; they are too few for a beat. */
    :: how = standby; forgets(); db[0].other_timeline = true; db[0].forgot_intents = true;
       connected[0] = false; connected[1] = false
    /* A disk is set back, on the same timeline. Seen only by whoever wrote what is lost: docs/model.md. */
    :: alone && remembers[0] && (wrote_later[0] || db[0].row == kept_row) ->
       how = disk; forgets(); db[0].forgot_intents = true; connected[0] = false
    /* A copy of database and data folder is started on another machine; the original goes on. */
    :: !sending[1] && alone ->
       how = clone; db[1].row = kept_row; db[1].owner = NOBODY; database_of[1] = 1; connected[1] = false; alone = false;
#ifndef NO_CLONE
       db[1].quarantined = true
#endif
    fi;
    printf("the history is another: %e\n", how)
  };
  /* The original of the copy is switched off, and what it had under way is over. */
  atomic { database_of[1] == 1 && !sending[0] -> other_is_on = false; connected[0] = false; printf("the original is switched off\n") }
}

init {
  atomic {
    db[0].owner = NOBODY; db[1].owner = NOBODY;
    if :: db[0].row = scheduled :: db[0].row = tomorrow fi;
    db[1].row = confirmed;
    if :: alone = true :: skip fi;
    begun = true
  }
}
