/*
 * What Galley may never do. Both models include this file: sending.pml and history.pml.
 * docs/model.md says what stands for what in the code.
 */

/* The truth at the platform about the one post of these models. Galley cannot read it. */
mtype = { none, pending, visible };
mtype copy = none;      /* pending: taken by the platform, and not in its lists yet */

/* A person took the approval back and was told that nothing goes out. */
bool withdrawn = false;

/* The platform takes a post of Galley's. Only here is it seen whether Galley was right to send it. */
inline platform_takes(told_failed) {
  assert(copy == none);      /* never twice */
  assert(!withdrawn);        /* never without approval */
  assert(!(told_failed));    /* never out after it was told as failed */
  copy = pending
}

/* Galley tells people that the post is out. */
inline tell_published(it_is_there) {
  assert(it_is_there)        /* never told as published while absent */
}

/* Galley tells people that the post was not published. */
inline tell_failed() {
  assert(copy == none)       /* never told as failed while out */
}
