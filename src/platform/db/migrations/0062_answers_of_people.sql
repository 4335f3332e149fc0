-- The same table as in src/delivery/state.ts; a test compares the two. New: a person may say that a part of a thread is
-- live while Galley still looks for it, and by then the rest may be late.
create or replace function delivery_may_move(old_state text, new_state text) returns boolean
  language sql immutable parallel safe
  return old_state = new_state or (old_state, new_state) in (
    ('scheduled', 'claimed'), ('scheduled', 'missed'), ('scheduled', 'needs_reconnect'), ('scheduled', 'cancelled'),
    ('claimed', 'in_flight'), ('claimed', 'scheduled'), ('claimed', 'rejected'), ('claimed', 'needs_reconnect'),
    ('claimed', 'missed'), ('claimed', 'cancelled'),
    ('in_flight', 'confirmed'), ('in_flight', 'scheduled'), ('in_flight', 'rejected'),
    ('in_flight', 'needs_reconnect'), ('in_flight', 'missed'), ('in_flight', 'ambiguous'),
    ('ambiguous', 'reconciling'), ('ambiguous', 'confirmed'), ('ambiguous', 'scheduled'), ('ambiguous', 'missed'),
    ('reconciling', 'ambiguous'), ('reconciling', 'confirmed'), ('reconciling', 'scheduled'),
    ('reconciling', 'missed'), ('reconciling', 'needs_human'),
    ('needs_human', 'ambiguous'), ('needs_human', 'confirmed'), ('needs_human', 'scheduled'), ('needs_human', 'missed'),
    ('rejected', 'scheduled'), ('rejected', 'cancelled'), ('rejected', 'partly'),
    ('missed', 'scheduled'), ('missed', 'cancelled'), ('missed', 'partly'),
    ('needs_reconnect', 'scheduled'), ('needs_reconnect', 'missed'), ('needs_reconnect', 'cancelled'),
    ('needs_reconnect', 'partly'),
    ('in_flight', 'partly'), ('ambiguous', 'partly'), ('reconciling', 'partly'), ('needs_human', 'partly'),
    ('skipped', 'scheduled'), ('skipped', 'cancelled'));
