/** The code of an attempt whose answer named a post that another attempt owns. */
export const idTaken = "delivery.id_taken";

/** The code of a delivery that cannot be read back without an access: it waits for the channel, or asks. */
export const noAccess = "delivery.no_access";
/** And of one whose channel is connected again since: the next look is the first in a long time. */
export const accessIsBack = "delivery.access_is_back";

/** What may have been sent in a history that was lost waits with this code until it is looked for. */
export const restored = "delivery.restored";
