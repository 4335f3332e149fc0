/*
 * One approved post on its way to one platform: claim, fence, intent, call, lost answer, read-back.
 *
 * Two workers share a database. Each may stand still at any step, for as long as the others like: a process that is
 * not chosen does nothing. One that dies is one that stands still until the others have taken what it had. The
 * platform may lose answers, refuse, and show the post late. What else may go wrong is under "Troubles".
 *
 * Each rule of Galley can be left out with -DNO_<RULE>, and then spin finds how it goes wrong: `npm run model`.
 */
#include "claims.pml"

/* Time is counted in ticks since t_send, the moment of the intent. A tick stands for a minute or so. */
#define DEADLINE 1   /* a call ends this long after its intent */
#define WINDOW   2   /* W: what the platform has taken shows this long after t_send */
#define SKEW     1   /* how far the clocks of platform and database may differ */
#define STOPPED  9   /* no time: nothing is being sent */
#define NOBODY   9   /* no worker: they are 0 and 1 */

/* ---- The database: one row of `deliveries`, and the newest of its rows in `delivery_attempts` ---- */

mtype = { scheduled, claimed, in_flight, ambiguous, reconciling, needs_human, confirmed, refused };
mtype row = scheduled;
byte owner = NOBODY;         /* whose claim is the current one: this is what the number of a fence tells */
bool approved = true;

mtype = { no_attempt, open, lost, over };
mtype attempt = no_attempt;
bool refused_as_equal;       /* its answer was "duplicate" */
bool earlier_lost;           /* an earlier one was lost, and proven absent */
bool earlier_equal;          /* the last that was proven absent was refused as a duplicate */

/* ---- Clocks ---- */

byte age;                    /* ticks since t_send in truth; WINDOW means "so many or more" */
short database_step;         /* by how much the database's clock was set since t_send */
bool unnoticed;              /* and no process ran that could have noticed it */
short platform_ahead;        /* how far the platform's clock was ahead of it at t_send */
byte since[2] = STOPPED;     /* ticks since each worker began its intent, by its own clock */
byte known[2];               /* how long each worker itself has known of the lost answer */

/* ---- The platform ---- */

mtype = { no_call, underway, ok, nothing, not_sent, own_refusal, duplicate, firewall };
mtype call[2] = no_call;
bool refuses_equal;          /* it takes no post twice */
bool hides_ours;             /* and its lists lack ours, but for nothing else: only its refusal tells */

bool edited;                 /* the text of our copy is not what we sent */
bool from_before;            /* our copy is older than t_send: only where a rule is left out */
mtype = { not_written, before_ours, after_ours, before_t_send };
mtype by_hand = not_written;    /* a post with our text that somebody wrote by hand */
bool has_replies;            /* and ours is a thread, whose next part would answer to it */
bool others;                 /* another delivery of Galley's has published an equal post */
bool empty_lists;            /* for a while the lists show nothing, not even what Galley has seen published */

/*
 * ---- Troubles: wrong clocks, equal posts, empty lists, changed texts, an approval that is taken back ----
 * Lost answers and delays cost nothing; of these, one run has at most so many. All pairs are tried, in every order.
 */
#ifndef TROUBLES
#define TROUBLES 2
#endif
byte troubles;
#define TROUBLE(may) (troubles < TROUBLES && row != confirmed && (may)) -> troubles++

/* ---- What a worker does ---- */

#ifdef NO_FENCE
#define FENCE_STANDS true
#else
#define FENCE_STANDS (owner == _pid)
#endif

inline goes_to(where) { row = where; owner = NOBODY }

inline attempt_is(state) {
  attempt = state; age = 0; database_step = 0; unnoticed = false; known[0] = 0; known[1] = 0; refused_as_equal = false
}

inline claim() {
  row == scheduled -> row = claimed; owner = _pid;
  printf("worker %d claims the post\n", _pid)
}

/* One durable commit, if the fence stands and the approval too. */
inline write_intent() {
#ifndef NO_INTENT
  if
  :: !(FENCE_STANDS && (row == claimed || row == in_flight)) ->
     printf("worker %d may not write its intent: the claim is lost\n", _pid); goto idle
  :: else
  fi;
#ifndef NO_APPROVAL
  if
  :: !approved ->
     printf("worker %d may not write its intent: the approval is void\n", _pid);
     tell_failed(); goes_to(refused); goto idle
  :: else
  fi;
#endif
  row = in_flight; attempt_is(open);
#endif
  since[_pid] = 0;
  from_before = (copy != none);
  if :: by_hand != not_written -> by_hand = before_t_send :: else fi;
  printf("worker %d writes its intent\n", _pid)
}

/* The last look at the clock, and the one call that may make the post visible. */
inline send() {
#ifdef NO_LAST_LOOK
  since[_pid] = 0;
#else
  if
  :: since[_pid] > 0 ->
     since[_pid] = STOPPED;
     printf("worker %d was too slow: it takes its intent back, if it may\n", _pid);
     if :: FENCE_STANDS -> attempt_is(over); goes_to(scheduled) :: else fi;
     goto idle
  :: else
  fi;
#endif
  call[_pid] = underway;
  printf("worker %d sends\n", _pid)
}

inline answer_is_lost() { attempt_is(lost); goes_to(ambiguous) }

inline post_is_refused() { tell_failed(); attempt_is(over); goes_to(refused) }

inline write_answer() {
  if
  :: !FENCE_STANDS -> printf("worker %d may not write the answer: the claim is lost\n", _pid)
  :: FENCE_STANDS ->
     printf("worker %d writes the answer: %e\n", _pid, call[_pid]);
     if
     :: call[_pid] == ok -> tell_published(copy != none); attempt_is(over); goes_to(confirmed)
     :: call[_pid] == nothing -> answer_is_lost()
     :: call[_pid] == not_sent -> attempt_is(over); goes_to(scheduled)
     :: call[_pid] == own_refusal -> post_is_refused()
#ifdef NO_OWN_FORM
     :: call[_pid] == firewall -> post_is_refused()
#else
     :: call[_pid] == firewall -> answer_is_lost()
#endif
#ifdef NO_DUPLICATE_READ_BACK
     :: call[_pid] == duplicate -> post_is_refused()
#else
     :: call[_pid] == duplicate && earlier_equal -> post_is_refused()
     :: call[_pid] == duplicate && !earlier_equal -> answer_is_lost(); refused_as_equal = true
#endif
     fi
  fi;
  call[_pid] = no_call; since[_pid] = STOPPED
}

/* ---- Reading back: one list, and what it proves, in the order of `judgeLook` ---- */

/* t_send by the clock of today, as far as Galley has noticed that it was set. */
#ifdef NO_CLOCK_STEPS
#define T_SEND 0
#else
#define T_SEND (unnoticed -> 0 : database_step)
#endif
#define EARLIEST_T_SEND (T_SEND < 0 -> T_SEND : 0)

/* How far the platform's clock is ahead, by the `Date` of its answers. */
#define AHEAD (platform_ahead - database_step)

#ifdef NO_CLOCK_AGREEMENT
#define CLOCKS_AGREE true
#else
#define CLOCKS_AGREE (AHEAD <= SKEW && AHEAD >= -SKEW)
#endif

/* Where a list must reach to, by the platform's clock. */
#ifdef NO_COVERAGE
#define FAR_ENOUGH EARLIEST_T_SEND
#else
#define FAR_ENOUGH (EARLIEST_T_SEND - SKEW)
#endif

/* Of a post that was made `at` ticks after t_send: whether it is within the list, and whether it is no older than t_send. */
#define IN_LIST(at) ((at) + platform_ahead >= FAR_ENOUGH && !empty_lists)
#ifdef NO_MEASURED_CLOCK
#define YOUNG(at) ((at) + platform_ahead >= T_SEND - SKEW)
#else
#define YOUNG(at) ((at) + platform_ahead - AHEAD >= T_SEND)
#endif

#define OURS_AT (from_before -> -1 : 0)
#define HAND_AT (by_hand == before_t_send -> -1 : 0)
#define OURS_SHOWS (copy == visible && IN_LIST(OURS_AT) && page != no_page && page != without_ours && !hides_ours)
#define HAND_SHOWS (by_hand != not_written && IN_LIST(HAND_AT) && page != no_page && page != without_by_hand)
#define OURS_MATCHES (OURS_SHOWS && !edited && CLOCKS_AGREE && YOUNG(OURS_AT))
#define HAND_MATCHES (HAND_SHOWS && CLOCKS_AGREE && YOUNG(HAND_AT))
#define OTHERS_MATCH (others && !empty_lists)

/* A thread goes on below what is found, so it must be the only one that may be ours, when all would show. */
#ifdef NO_ONLY_CANDIDATE
#define DOUBTFUL_PARENT false
#else
#define DOUBTFUL_PARENT (has_replies && (look == too_early || page != whole || WITNESS_IS_MISSING || OURS_SHOWS && HAND_SHOWS))
#endif

#ifdef NO_RESEMBLANCE
#define MAY_BE_OURS (HAND_SHOWS || OURS_SHOWS && !edited)
#else
#define MAY_BE_OURS (HAND_SHOWS || OURS_SHOWS)
#endif

#ifdef NO_TWIN_OF_LOST
#define TWIN_OF_LOST false
#else
#define TWIN_OF_LOST (refused_as_equal && earlier_lost)
#endif

#ifdef NO_WITNESSES
#define WITNESS_IS_MISSING false
#else
#define WITNESS_IS_MISSING empty_lists
#endif

/* By the database's clock, and by the worker's own. Both are read before the list is asked for. */
#define KNOWN_LONG_ENOUGH (known[_pid] >= WINDOW)
#ifdef NO_WINDOW
#define WINDOW_IS_OVER true
#else
#if defined(NO_OWN_CLOCK) || defined(NO_ASKED_BEFORE)
#define WINDOW_IS_OVER (age + database_step - T_SEND >= WINDOW)
#else
#define WINDOW_IS_OVER (age + database_step - T_SEND >= WINDOW && KNOWN_LONG_ENOUGH)
#endif
#endif

mtype = { whole, without_ours, without_by_hand, no_page };
mtype = { no_look, too_early, late_enough, found_ours, found_by_hand, found_others, absent, again, ask };

inline claim_look() {
  row == ambiguous -> row = reconciling; owner = _pid;
  if :: WINDOW_IS_OVER -> look = late_enough :: else -> look = too_early fi;
  printf("worker %d looks: %e\n", _pid, look)
}

inline ask_once_over() {
  if
  :: look = again
  :: look == late_enough -> look = ask
  fi
}

/* The list may be whole as far as it must reach, or lack pages. */
inline read_list() {
  if :: page = whole :: page = without_ours :: page = without_by_hand :: page = no_page fi;
  if
  :: OURS_MATCHES && !(HAND_MATCHES && by_hand == before_ours) && !DOUBTFUL_PARENT -> look = found_ours
  :: HAND_MATCHES && !(OURS_MATCHES && by_hand == after_ours) && !DOUBTFUL_PARENT -> look = found_by_hand
  :: (OURS_MATCHES || HAND_MATCHES) && DOUBTFUL_PARENT -> ask_once_over()
#ifdef NO_OWNERSHIP
  :: OTHERS_MATCH -> look = found_others
#endif
  :: else ->
     if
     :: look == too_early -> look = again
     :: else ->
        if
        :: !CLOCKS_AGREE || page != whole || MAY_BE_OURS || TWIN_OF_LOST || WITNESS_IS_MISSING -> ask_once_over()
        :: else -> look = absent
        fi
     fi
  fi;
  page = whole
}

inline proven_absent() {
  if
  :: refused_as_equal -> earlier_equal = true
  :: refuses_equal && !refused_as_equal -> earlier_lost = true; earlier_equal = false
  :: else
  fi;
  attempt_is(over);
  if
  :: goes_to(scheduled)
#ifndef IN_TIME
  :: !hides_ours -> tell_failed(); goes_to(refused)     /* missed: meanwhile it is too late */
#endif
  fi
}

inline write_look() {
  if
  :: !FENCE_STANDS
  :: FENCE_STANDS ->
#ifdef NO_ASKED_BEFORE
     if :: (look == absent || look == ask) && !KNOWN_LONG_ENOUGH -> look = again :: else fi;
#endif
     printf("worker %d has looked: %e\n", _pid, look);
     if
     :: look == found_ours -> tell_published(copy != none); attempt_is(over); goes_to(confirmed)
     :: look == found_by_hand ->
        /* What was written by hand after t_send looks like ours; what is older is not, and a thread asks. */
        tell_published(by_hand != before_t_send);
        assert(!(has_replies && copy != none));     /* never a thread below a stranger's copy while ours is out */
        attempt_is(over); goes_to(confirmed)
#ifdef NO_OWNERSHIP
     :: look == found_others -> tell_published(copy != none); attempt_is(over); goes_to(confirmed)
#endif
     :: look == absent -> proven_absent()
     :: look == again -> goes_to(ambiguous)
     :: look == ask -> goes_to(needs_human)
     fi
  fi;
  look = no_look
}

active [2] proctype Worker() {
  mtype look = no_look;
  mtype page = whole;         /* what of the list was answered */
idle:
  if
  :: atomic { claim() }
  :: atomic { claim_look() }; goto looking
  fi;
  atomic { write_intent() };
  atomic { send() };
  atomic { call[_pid] != underway -> write_answer() };
  goto idle;
looking:
  atomic { read_list() };
  atomic { write_look() };
  goto idle
}

/*
 * What nobody owns any more. A claim, a lease or a look may end at any moment, also while its worker is at work: that
 * nothing goes wrong does not rest on how long a lease is.
 */
active proctype Maintenance() {
  do
  :: atomic { row == claimed -> goes_to(scheduled); printf("a claim ends\n") }
  :: atomic { row == in_flight -> attempt = lost; goes_to(ambiguous); printf("a lease ends: the answer is lost\n") }
  :: atomic { row == reconciling -> goes_to(ambiguous); printf("a look ends\n") }
#ifdef NO_DURABLE
  :: atomic { row == in_flight -> goes_to(scheduled); printf("a power cut: the database has forgotten the intent\n") }
#endif
  od
}

/* ---- The platform ---- */

#define HAS_EQUAL (copy != none || by_hand != not_written || others)

inline serve(w) {
  if
  :: !(refuses_equal && HAS_EQUAL) ->
     platform_takes(row == refused);
     printf("the platform takes the post\n");
     if
     :: call[w] = ok
     :: call[w] = nothing
     :: call[w] = firewall
     :: refuses_equal && !hides_ours -> call[w] = duplicate    /* a balancer has asked twice, and passes on the second answer */
     fi
  :: call[w] = nothing
  :: call[w] = not_sent
  :: !(hides_ours && copy != none) -> call[w] = own_refusal
  :: refuses_equal && HAS_EQUAL -> call[w] = duplicate
  fi
}

active proctype Platform() {
  do
  :: atomic { call[0] == underway -> serve(0) }
  :: atomic { call[1] == underway -> serve(1) }
  :: atomic { copy == pending -> copy = visible; printf("the post shows\n") }
  :: atomic { TROUBLE(copy == visible && !edited); edited = true; printf("the text at the platform is changed\n") }
  :: atomic { TROUBLE(!others); others = true; printf("another delivery publishes an equal post\n") }
  :: atomic { TROUBLE(!empty_lists); empty_lists = true; printf("for a while the lists are empty\n") }
  :: atomic { empty_lists -> empty_lists = false }
  od
}

/* ---- People ---- */

active proctype Person() {
  do
  :: atomic { TROUBLE(approved); approved = false; printf("a person takes the approval back\n");
       if
       :: row == scheduled || row == claimed || row == refused -> withdrawn = true
       :: else                /* and is told that it is too late */
       fi }
  :: atomic { row == refused && approved -> row = scheduled; printf("a person says: try again\n") }
  :: atomic { row == needs_human -> printf("a person is asked and looks there\n");
       if
       :: copy == visible -> attempt_is(over); goes_to(confirmed)
       :: copy != visible -> proven_absent()
       :: row = ambiguous     /* "look once more" */
       fi }
  :: atomic { (row == ambiguous || row == reconciling) && copy == visible ->
       printf("a person says that it is live\n"); attempt_is(over); goes_to(confirmed) }
  :: atomic { TROUBLE(by_hand == not_written); printf("somebody writes an equal post by hand\n");
       if :: has_replies = true :: skip fi;
       if
       :: copy == none && (attempt == open || attempt == lost) -> by_hand = before_ours
       :: copy != none && (attempt == open || attempt == lost) -> by_hand = after_ours
       :: attempt == no_attempt || attempt == over -> by_hand = before_t_send
       fi }
  od
}

/* ---- Time ---- */

#define IN_DOUBT (attempt == open || attempt == lost)

inline worker_tick(w) {
  if
#ifndef NO_DEADLINE
  :: call[w] == underway && since[w] >= DEADLINE -> call[w] = nothing; since[w] = STOPPED
#endif
  :: else
  fi;
  if :: since[w] < WINDOW -> since[w]++ :: else fi;
  if :: attempt == lost && known[w] < WINDOW -> known[w]++ :: else fi
}

active proctype Time() {
  do
  /* The platform shows what it has taken before the window is over. */
  :: atomic { (IN_DOUBT || since[0] < WINDOW || since[1] < WINDOW) && !(copy == pending && age + 1 >= WINDOW) ->
       if :: IN_DOUBT && age < WINDOW -> age++ :: else fi;
       worker_tick(0); worker_tick(1);
       printf("time passes\n") }
  :: atomic { TROUBLE(IN_DOUBT && database_step == 0);
       if
       :: database_step = 1
       :: database_step = 2
       :: database_step = -2
       fi;
       if
       :: TROUBLE(true); unnoticed = true
       :: skip
       fi;
       printf("the clock of the database is set by %d\n", database_step) }
  od
}

init {
  atomic {
    if
    :: TROUBLE(true); refuses_equal = true;
       if
       :: TROUBLE(true); hides_ours = true
       :: skip
       fi
    :: skip
    fi;
    if
    :: TROUBLE(true);
       if
       :: platform_ahead = -2
       :: platform_ahead = -1
       :: platform_ahead = 2
       fi
    :: skip
    fi
  }
}
