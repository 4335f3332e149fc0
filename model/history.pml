/*
 * One approved post, and a database that forgets: an older dump is read into it, a standby takes over without the last
 * commits, a disk is set back, or a copy of the whole installation is started beside it.
 *
 * How a worker claims, sends and reads back is shown by sending.pml; here that takes as few steps as it can, and what
 * is read back is true, once the window is over. Rules are left out with -DNO_<RULE>: `npm run model`.
 */
#include "claims.pml"

#define NOBODY 9

/* ---- The databases: db[0], and db[1] of a copy of the installation, once there is one ---- */

/* looked_for: an attempt is noted, as of the time that was lost, and is being read back. */
mtype = { tomorrow, scheduled, claimed, in_flight, ambiguous, looked_for, refused, confirmed };

typedef Database {
  mtype row;                 /* of `deliveries` */
  byte owner;                /* whose claim is the current one */
  bool look;                 /* `look_since`: it may have been sent in the time that was lost */
  bool quarantined;
  bool perhaps_copy;         /* and another Galley may be at work on the same posts */
  /* What is compared. */
  bool behind;               /* its beat is lower than the one in the data folder */
  bool other_timeline;       /* the server's timeline is not the one of the last beat */
  bool log_is_shorter;       /* the position of its log is lower than it was */
  bool other_place           /* the data folder is not where it was made */
};
Database db[2];
bool other_is_on = true;     /* the original of a copy */

/* A moment that the database goes back to, and how that comes about; it happens once. */
mtype = { nothing_yet, dump, standby, disk, clone };
mtype how = nothing_yet;
bool is_kept;
mtype kept_row;
byte kept_owner;

/* ---- The processes ---- */

bool begun;
bool alone;                  /* the second worker does not run; fixed for a run */
byte database_of[2];
bool has_beaten[2];          /* since it was started */
bool saw_later[2];           /* it has seen the log at a position after the kept moment */
bool wrote_later;            /* somebody wrote an intent after it */
bool sending[2];             /* between its intent and the end of its call */
mtype = { nothing, ok, own_refusal };

#define MY db[database_of[_pid]]
#define MAY_RUN (_pid != 0 || other_is_on)

/* Every call is over, and what was taken shows: so long is W. */
#define WINDOW_IS_OVER (copy != pending && !sending[0] && !sending[1])

inline goes_to(where) { MY.row = where; MY.owner = NOBODY }

/* ---- What is compared, and when ---- */

#ifdef NO_BEAT
#define BEAT_FITS true
#else
#define BEAT_FITS (!MY.behind)
#endif
#ifdef NO_TIMELINE
#define TIMELINE_FITS true
#else
#define TIMELINE_FITS (!MY.other_timeline)
#endif
#ifdef NO_WAL_POSITION
#define POSITION_FITS true
#else
#define POSITION_FITS (!(MY.log_is_shorter && saw_later[_pid]))
#endif
#ifdef NO_PLACE
#define PLACE_FITS true
#else
#define PLACE_FITS (!MY.other_place)
#endif

/* Before a worker claims anything, and every two seconds: database, server, folder and place are compared. */
inline beat() {
  if
  :: !BEAT_FITS || !TIMELINE_FITS || !POSITION_FITS || !PLACE_FITS ->
     MY.quarantined = true; MY.perhaps_copy = !PLACE_FITS;
#ifdef NO_ALL_STATES
     MY.look = (MY.row == scheduled);
#else
     MY.look = (MY.row != confirmed);
#endif
     printf("worker %d begins a quarantine\n", _pid)
  :: else
  fi;
  MY.behind = false; MY.other_timeline = false; MY.log_is_shorter = false; MY.other_place = false;
  has_beaten[_pid] = true; saw_later[_pid] = wrote_later && how == nothing_yet
}

/* ---- Sending ---- */

inline claim() {
  MY.row == scheduled && !MY.look && !MY.quarantined && BEAT_FITS -> MY.row = claimed; MY.owner = _pid;
  printf("worker %d claims the post\n", _pid)
}

/* The last gate. What does not fit is given back, and the next beat begins the quarantine. */
inline write_intent() {
  if
  :: MY.owner != _pid || MY.row != claimed || MY.quarantined || MY.look -> goto idle
  :: else
  fi;
  if
  :: !TIMELINE_FITS || !POSITION_FITS -> goes_to(scheduled); goto idle
  :: else
  fi;
  MY.row = in_flight; sending[_pid] = true;
  if :: is_kept && how == nothing_yet -> wrote_later = true; saw_later[_pid] = true :: else fi;
  printf("worker %d writes its intent\n", _pid)
}

inline send() {
  if
  :: platform_takes(false); printf("the platform takes the post\n");
     if :: answer = ok :: answer = nothing fi
  :: answer = nothing
  :: answer = own_refusal
  :: answer = nothing        /* too slow: not even sent */
  fi;
  sending[_pid] = false
}

inline write_answer() {
  if
  :: MY.owner == _pid && MY.row == in_flight ->
     if
     :: answer == ok -> tell_published(copy != none); goes_to(confirmed)
     :: answer == nothing -> goes_to(ambiguous)
     :: answer == own_refusal ->
        /* What is marked for a look is looked for all the same, if it is ever to be sent again. */
        if :: MY.look :: else -> tell_failed() fi;
        goes_to(refused)
     fi;
     printf("worker %d writes the answer: %e\n", _pid, answer)
  :: else
  fi;
  answer = nothing
}

/* ---- Looking ---- */

/* Nothing is read while another Galley may send what was not there a moment ago. */
#ifdef NO_LOOK_AFTER_OFF
#define MAY_LOOK true
#else
#define MAY_LOOK (!MY.perhaps_copy)
#endif

inline look_for() {
  MY.row == scheduled && MY.look && MAY_LOOK -> goes_to(looked_for);
  printf("worker %d looks for the post\n", _pid)
}

/* What was open gets a new window when the quarantine begins, and what is looked for gets one then. */
#ifdef NO_NEW_WINDOW
#define IS_OVER (WINDOW_IS_OVER || MY.look)
#else
#ifdef NO_WINDOW_AT_RELEASE
#define IS_OVER (WINDOW_IS_OVER || MY.look && database_of[_pid] == 1 && MY.row == ambiguous)
#else
#define IS_OVER WINDOW_IS_OVER
#endif
#endif

/* A list must reach back to the moment since when nothing is known. */
#ifdef NO_UNKNOWN_SINCE
#define SHOWS (copy == visible && MY.row != looked_for)
#else
#define SHOWS (copy == visible)
#endif

inline read_back() {
  (MY.row == ambiguous || MY.row == looked_for) && MAY_LOOK && IS_OVER ->
    if
    :: SHOWS -> goes_to(confirmed)
    :: else -> goes_to(scheduled); MY.look = false
    fi;
    printf("worker %d has read back: the post is %e\n", _pid, MY.row)
}

/* By an admin, when nothing that is due is left to look for; or who says that the other one is off. */
inline release() {
  MY.quarantined && (MY.perhaps_copy && !other_is_on || !MY.perhaps_copy && !(MY.row == scheduled && MY.look) &&
    MY.row != claimed && MY.row != in_flight && MY.row != ambiguous && MY.row != looked_for) ->
    MY.quarantined = false; MY.perhaps_copy = false;
    printf("an admin ends the quarantine\n")
}

inline restart() {
  /* A disk that was set back is noticed only by a process that has seen its log: docs/model.md. */
  !(how == disk && MY.log_is_shorter) -> has_beaten[_pid] = false; saw_later[_pid] = false; sending[_pid] = false;
  printf("worker %d is started anew\n", _pid)
}

active [2] proctype Worker() {
  mtype answer = nothing;
  begun && (_pid == 0 || !alone);
idle:
  do
  :: atomic { MAY_RUN; beat() }
  :: atomic { MAY_RUN && has_beaten[_pid]; restart() }
  :: atomic { MAY_RUN && has_beaten[_pid]; look_for() }
  :: atomic { MAY_RUN && has_beaten[_pid]; read_back() }
  :: atomic { MAY_RUN && has_beaten[_pid]; release() }
  :: atomic { MAY_RUN && has_beaten[_pid]; claim() }; break
  od;
  atomic { MAY_RUN; write_intent() };
  atomic { send() };
  if
  :: atomic { MAY_RUN; write_answer() }
  :: atomic { MAY_RUN; restart(); answer = nothing }
  fi;
  goto idle
}

/* ---- The world ---- */

/* Leases end, times come, and a person tries again what was refused. */
inline goes_on(d) {
  if
  :: db[d].row == claimed -> db[d].row = scheduled; db[d].owner = NOBODY
  :: db[d].row == in_flight -> db[d].row = ambiguous; db[d].owner = NOBODY
  :: db[d].row == tomorrow -> db[d].row = scheduled; printf("the time comes, or a person says: now\n")
  :: db[d].row == refused -> db[d].row = scheduled; printf("a person says: try again\n")
  fi
}

active proctype World() {
  do
  :: atomic { copy == pending -> copy = visible; printf("the post shows\n") }
  :: atomic { goes_on(0) }
  :: atomic { how == clone -> goes_on(1) }
  od
}

/* No worker holds an answer for as long as a lost one is read back, and is then sent again. */
inline forgets() {
  db[0].row = kept_row;
  db[0].owner = (kept_row == in_flight && wrote_later -> NOBODY : kept_owner);
  wrote_later = false
}

active proctype History() {
  atomic { begun -> is_kept = true; kept_row = db[0].row; kept_owner = db[0].owner; printf("a moment is kept: the post is %e\n", kept_row) };
  atomic {
    if
    /* An older dump is read into the running database. Its leases are over; its log only grows. */
    :: how = dump; forgets(); db[0].owner = NOBODY; db[0].behind = true
    /* A standby takes over without the last commits, too few for a beat. */
    :: how = standby; forgets(); db[0].other_timeline = true; db[0].log_is_shorter = true
    /* A disk is set back, and the timeline is the same. */
    :: alone && (saw_later[0] || !wrote_later) -> how = disk; forgets(); db[0].log_is_shorter = true
    /* A copy of database and data folder is started on another machine, and the original goes on. */
    :: alone -> how = clone; alone = false; database_of[1] = 1;
       db[1].row = kept_row; db[1].owner = NOBODY; db[1].other_place = true
    fi;
    printf("the history changes: %e\n", how)
  };
  atomic { how == clone && !sending[0] -> other_is_on = false; printf("the original is switched off\n") }
}

init {
  atomic {
    db[0].owner = NOBODY; db[1].owner = NOBODY; db[1].row = confirmed;
    if :: db[0].row = scheduled :: db[0].row = tomorrow fi;
    if :: alone = true :: skip fi;
    begun = true
  }
}
