/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which log the steps go to, and what follows when one stops working. Log thread only.
 */

#include "log-thread.h"

G_BEGIN_DECLS

/**
 * limner_log_setup_ensure:
 * @unusable: (inout): set to the reason if the file beside cannot be used and is left alone
 * @error: LIMNER_LOG_ERROR_BUSY if another program has it
 *
 * Makes the log if there is none yet: beside the file, else in the state folder.
 */
gboolean limner_log_setup_ensure (LimnerLogSetup *self, char **unusable, GError **error);

/* One durable transaction on the log in use. */
gboolean limner_log_setup_append (LimnerLogSetup *self, LimnerStep *step, GError **error);

/**
 * limner_log_setup_recover:
 * @step: (nullable): the step whose append went wrong; gets its sequence if it had been committed
 * all the same
 *
 * After a failed write: the same log opened again, else one in the state folder. Not where another
 * program has taken over what we had the lease of: LIMNER_LOG_ERROR_LOST.
 */
gboolean limner_log_setup_recover (LimnerLogSetup *self,
                                   LimnerStep *step,
                                   char **unusable,
                                   GError **error);

/* The log beside opens and does not take the step: on to the state folder. */
gboolean limner_log_setup_leave (LimnerLogSetup *self, GError **error);
gboolean limner_log_setup_write_intent (LimnerLogSetup *self,
                                        const LimnerIdentity *intent,
                                        LimnerStep *upto,
                                        GError **error);
gboolean limner_log_setup_write_base (LimnerLogSetup *self,
                                      gboolean has_base,
                                      const LimnerIdentity *base,
                                      LimnerStep *upto,
                                      GError **error);

/* Brings the log beside the file up to date and removes the one in the state folder, if it works
 * again. */
gboolean limner_log_setup_return_beside (LimnerLogSetup *self, GError **error);

/**
 * limner_log_put_away:
 * @path: of a log that is closed, whose steps are all elsewhere
 * @aside: (nullable): the name that it gets; else it is removed
 *
 * Leaves it where SQLite could not close it cleanly: without the files beside it it is not whole,
 * and without it they would keep a new log from being made. Then the next opening finds it.
 */
void limner_log_put_away (const char *path, const char *aside);

/* Says in the log beside that nothing of @log, in the state folder, is needed any more. One without
 * a name is from before they had one. */
gboolean limner_log_note_returned (LimnerLog *log, LimnerLog *beside, GError **error);

/* Whether two steps do the same to the same records. */
gboolean limner_step_same (const LimnerStep *a, const LimnerStep *b);

G_END_DECLS
