/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "log-thread.h"

#include "log-fallback.h"

#define RETRY_US (5 * G_USEC_PER_SEC)

typedef struct _Job Job;
typedef void (*JobFunc) (LimnerLogThread *self, Job *job);

struct _Job
{
  JobFunc func;
  LimnerStep *step; /* owned by an append */
  const LimnerIdentity *identity;
  LimnerIdentity base; /* of a job that nobody waits for */
  char *key;
  char *value;
  gboolean waited_for;
  gboolean is_done;
  gboolean result;
  GError *error;
};

struct _LimnerLogThread
{
  GThread *thread;
  GAsyncQueue *jobs;
  GMutex mutex; /* of the jobs that somebody waits for */
  GCond cond;
  GWeakRef owner;
  GMainContext *context;
  LimnerLogReportFunc report;

  /* of the thread alone */
  LimnerLogSetup *setup;
  GQueue backlog;      /* steps that are only in memory, oldest first */
  LimnerStep *covered; /* (nullable): newest waiting step that the file already has */
  gint64 retry_at_us;  /* 0: nothing to retry */
  gint64 beat_at_us;   /* of a lease; 0: there is none */
  guint n_done;        /* not reported yet */
  char *unusable;
  gboolean failing;
  gboolean refused; /* another program has the log: what is still handed over never was */
  gboolean quit;
};

/* ---- reports ---- */

typedef struct
{
  LimnerLogReport report;
  GObject *owner;
  LimnerLogReportFunc func;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *self = data;

  g_clear_error (&self->report.error);
  g_free (self->report.unusable);
  g_clear_object (&self->owner);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  Delivery *self = data;

  self->func (self->owner, &self->report);
  return G_SOURCE_REMOVE;
}

static void
send_report (LimnerLogThread *self, const GError *error, gboolean refused)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  g_autoptr (GSource) source = NULL;
  Delivery *delivery;

  if (owner == NULL)
    return;
  delivery = g_new0 (Delivery, 1);
  delivery->report.n_done = self->n_done;
  delivery->report.n_waiting = g_queue_get_length (&self->backlog);
  delivery->report.error = error != NULL ? g_error_copy (error) : NULL;
  delivery->report.refused = refused;
  delivery->report.in_state = self->setup->in_state;
  delivery->report.unusable = g_steal_pointer (&self->unusable);
  delivery->owner = g_steal_pointer (&owner);
  delivery->func = self->report;
  self->n_done = 0;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, delivery, delivery_free);
  g_source_attach (source, self->context);
}

/* ---- writing, in the thread ---- */

static gboolean
append_one (LimnerLogThread *self, LimnerStep *step, GError **error)
{
  LimnerLogSetup *setup = self->setup;
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;

  if (!limner_log_setup_ensure (setup, &self->unusable, error))
    return FALSE;
  if (limner_log_setup_append (setup, step, &first))
    return TRUE;
  if (g_error_matches (first, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return FALSE;
    }
  if (!limner_log_setup_recover (setup, step, &self->unusable, error))
    return FALSE;
  if (step->sequence != 0) /* it had been committed although the call said it had not */
    return TRUE;
  if (limner_log_setup_append (setup, step, &second))
    return TRUE;
  if (setup->in_state || g_error_matches (second, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    {
      g_propagate_error (error, g_steal_pointer (&second));
      return FALSE;
    }
  return limner_log_setup_leave (setup, error) && limner_log_setup_append (setup, step, error);
}

/* The owner does not know yet and may go on: a later step must not be kept without these. What we
 * have open is let go: our own log in the state folder would look like another program's. */
static void
refuse (LimnerLogThread *self, const GError *error)
{
  self->refused = TRUE;
  self->retry_at_us = 0;
  self->beat_at_us = 0;
  g_queue_clear_full (&self->backlog, (GDestroyNotify) limner_step_unref);
  limner_log_setup_close (self->setup);
  send_report (self, error, TRUE);
}

static gboolean
is_refusal (LimnerLogThread *self, const GError *error)
{
  return g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST) ||
         (g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY) &&
          !self->setup->had_log);
}

/* Tries to write what is waiting, in order. */
static gboolean
drain (LimnerLogThread *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean was_failing = self->failing;

  while (!g_queue_is_empty (&self->backlog))
    {
      LimnerStep *step = g_queue_peek_head (&self->backlog);

      if (!append_one (self, step, &local))
        break;
      g_queue_pop_head (&self->backlog);
      limner_step_unref (step);
      self->n_done++;
    }

  if (local == NULL)
    {
      self->failing = FALSE;
      self->retry_at_us = self->setup->in_state && self->setup->beside_allowed
                              ? g_get_monotonic_time () + RETRY_US
                              : 0;
      if (self->n_done > 0 || was_failing)
        send_report (self, NULL, FALSE);
      return TRUE;
    }

  if (is_refusal (self, local))
    refuse (self, local);
  else
    {
      self->failing = TRUE;
      self->retry_at_us = g_get_monotonic_time () + RETRY_US;
      send_report (self, local, FALSE);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
job_append (LimnerLogThread *self, Job *job)
{
  if (self->refused)
    return;
  g_queue_push_tail (&self->backlog, g_steal_pointer (&job->step));
  drain (self, NULL);
}

static void
job_sync (LimnerLogThread *self, Job *job)
{
  if (self->refused)
    g_set_error (&job->error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY,
                 "the edits were refused; nothing was written");
  else
    job->result = drain (self, &job->error);
}

static void
job_retry (LimnerLogThread *self, Job *job)
{
  if (self->refused)
    return;
  if (self->setup->in_state && self->setup->beside_allowed &&
      limner_log_setup_return_beside (self->setup, NULL))
    send_report (self, NULL, FALSE);
  drain (self, NULL);
}

static gboolean
check_not_refused (LimnerLogThread *self, Job *job)
{
  if (!self->refused)
    return TRUE;
  g_set_error (&job->error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST,
               "another program has the dataset; nothing was written");
  return FALSE;
}

static void
job_acquire (LimnerLogThread *self, Job *job)
{
  job->result = check_not_refused (self, job) &&
                limner_log_setup_ensure (self->setup, &self->unusable, &job->error);
}

static void
refuse_if_lost (LimnerLogThread *self, Job *job)
{
  if (!self->refused && g_error_matches (job->error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    refuse (self, job->error);
}

static void
job_intent (LimnerLogThread *self, Job *job)
{
  if (!check_not_refused (self, job))
    return;
  if (self->setup->log == NULL)
    {
      job->result = TRUE;
      return;
    }
  job->result = limner_log_setup_write_intent (self->setup, job->identity, job->step, &job->error);
  refuse_if_lost (self, job);
}

/* Where no log could ever be made, steps are durable when the file has them. */
static void
forget_saved (LimnerLogThread *self, LimnerStep *upto)
{
  gboolean is_last = FALSE;

  if (g_queue_find (&self->backlog, upto) == NULL)
    return;
  while (!is_last)
    {
      LimnerStep *step = g_queue_pop_head (&self->backlog);

      is_last = step == upto;
      limner_step_unref (step);
      self->n_done++;
    }
  self->failing = !g_queue_is_empty (&self->backlog);
  send_report (self, NULL, FALSE);
}

static void
job_base (LimnerLogThread *self, Job *job)
{
  LimnerLogSetup *setup = self->setup;

  if (!check_not_refused (self, job))
    return;
  job->result = limner_log_setup_write_base (setup, job->identity != NULL, job->identity, job->step,
                                             &job->error);
  refuse_if_lost (self, job);
  if (job->result && setup->log == NULL && job->step != NULL)
    forget_saved (self, job->step);
}

static void
job_adopt (LimnerLogThread *self, Job *job)
{
  g_autoptr (GError) error = NULL;

  /* not written, it is found out again at the next opening, with the same outcome */
  if (!self->refused && !limner_log_setup_write_base (self->setup, TRUE, &job->base, NULL, &error))
    g_debug ("%s", error->message);
}

static void
job_set_value (LimnerLogThread *self, Job *job)
{
  g_autoptr (GError) error = NULL;

  /* a fact worth less than an edit: where it cannot be kept, it is chosen anew next time */
  if (self->setup->log != NULL && !self->refused &&
      !limner_log_set_value (self->setup->log, job->key, job->value, &error))
    g_debug ("%s: %s", job->key, error->message);
}

static void
job_has_log (LimnerLogThread *self, Job *job)
{
  job->result = self->setup->log != NULL;
}

static void
job_close (LimnerLogThread *self, Job *job)
{
  if (!self->refused)
    {
      drain (self, NULL);
      if (self->setup->in_state && self->setup->beside_allowed)
        limner_log_setup_return_beside (self->setup, NULL);
    }
  limner_log_setup_close (self->setup);
  self->quit = TRUE;
}

static void
job_free (Job *job)
{
  g_clear_pointer (&job->step, limner_step_unref);
  g_free (job->key);
  g_free (job->value);
  g_clear_error (&job->error);
  g_free (job);
}

/* Shows that we live, and finds out whether another program took the log over. */
static void
tend_leases (LimnerLogThread *self)
{
  LimnerLog *logs[] = { self->setup->log, self->setup->beside };
  gint64 now = g_get_monotonic_time ();
  gboolean is_due = self->beat_at_us != 0 && now >= self->beat_at_us;
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (logs) && !self->refused; i++)
    {
      g_autoptr (GError) error = NULL;

      if (logs[i] == NULL || !LIMNER_IS_WORKSPACE (logs[i]) ||
          !limner_workspace_has_lease (LIMNER_WORKSPACE (logs[i])))
        continue;
      any = TRUE;
      if (is_due && !limner_workspace_tend (LIMNER_WORKSPACE (logs[i]), &error))
        refuse (self, error);
    }
  if (!any || self->refused)
    self->beat_at_us = 0;
  else if (is_due || self->beat_at_us == 0)
    self->beat_at_us = now + LIMNER_WORKSPACE_BEAT_US;
}

static Job *
next_job (LimnerLogThread *self)
{
  gint64 wake_us = self->retry_at_us;
  gint64 wait_us;

  tend_leases (self);
  if (self->beat_at_us != 0 && (wake_us == 0 || self->beat_at_us < wake_us))
    wake_us = self->beat_at_us;
  if (wake_us == 0)
    return g_async_queue_pop (self->jobs);
  wait_us = wake_us - g_get_monotonic_time ();
  return wait_us > 0 ? g_async_queue_timeout_pop (self->jobs, wait_us)
                     : g_async_queue_try_pop (self->jobs);
}

static gpointer
run (gpointer data)
{
  LimnerLogThread *self = data;

  while (!self->quit)
    {
      Job *job = next_job (self);

      if (job == NULL)
        {
          /* else it is a lease that is tended next */
          if (self->retry_at_us == 0 || g_get_monotonic_time () < self->retry_at_us)
            continue;
          self->retry_at_us = g_get_monotonic_time () + RETRY_US;
          job_retry (self, NULL);
          continue;
        }
      job->func (self, job);
      if (!job->waited_for)
        {
          job_free (job);
          continue;
        }
      g_mutex_lock (&self->mutex);
      job->is_done = TRUE;
      g_cond_broadcast (&self->cond);
      g_mutex_unlock (&self->mutex);
    }
  return NULL;
}

/* ---- for other threads ---- */

LimnerLogThread *
limner_log_thread_new (LimnerLogSetup *setup,
                       GObject *owner,
                       GMainContext *context,
                       LimnerLogReportFunc report)
{
  LimnerLogThread *self = g_new0 (LimnerLogThread, 1);

  self->jobs = g_async_queue_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_weak_ref_init (&self->owner, owner);
  self->context = g_main_context_ref (context);
  self->report = report;
  self->setup = setup;
  g_queue_init (&self->backlog);
  if (setup->in_state && setup->beside_allowed)
    self->retry_at_us = g_get_monotonic_time () + RETRY_US;
  self->thread = g_thread_new ("limner-log", run, self);
  return self;
}

static void
push (LimnerLogThread *self, JobFunc func, LimnerStep *step)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->step = step != NULL ? limner_step_ref (step) : NULL;
  g_async_queue_push (self->jobs, job);
}

/* Hands @job over and waits until the thread has done it; its result is the caller's. */
static gboolean
wait_for (LimnerLogThread *self, Job *job, GError **error)
{
  gboolean result;

  job->waited_for = TRUE;
  g_mutex_lock (&self->mutex);
  g_async_queue_push (self->jobs, job);
  while (!job->is_done)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  result = job->result;
  if (job->error != NULL)
    g_propagate_error (error, g_steal_pointer (&job->error));
  return result;
}

void
limner_log_thread_append (LimnerLogThread *self, LimnerStep *step)
{
  push (self, job_append, step);
}

void
limner_log_thread_retry (LimnerLogThread *self)
{
  push (self, job_retry, NULL);
}

void
limner_log_thread_adopt (LimnerLogThread *self, const LimnerIdentity *base)
{
  Job *job = g_new0 (Job, 1);

  job->func = job_adopt;
  job->base = *base;
  g_async_queue_push (self->jobs, job);
}

static gboolean
call (LimnerLogThread *self,
      JobFunc func,
      const LimnerIdentity *identity,
      LimnerStep *step,
      GError **error)
{
  Job *job = g_new0 (Job, 1);
  gboolean result;

  job->func = func;
  job->identity = identity;
  job->step = step != NULL ? limner_step_ref (step) : NULL;
  result = wait_for (self, job, error);
  job_free (job);
  return result;
}

gboolean
limner_log_thread_sync (LimnerLogThread *self, GError **error)
{
  return call (self, job_sync, NULL, NULL, error);
}

gboolean
limner_log_thread_acquire (LimnerLogThread *self, GError **error)
{
  return call (self, job_acquire, NULL, NULL, error);
}

gboolean
limner_log_thread_write_intent (LimnerLogThread *self,
                                const LimnerIdentity *intent,
                                LimnerStep *upto,
                                GError **error)
{
  return call (self, job_intent, intent, upto, error);
}

gboolean
limner_log_thread_write_base (LimnerLogThread *self,
                              const LimnerIdentity *base,
                              LimnerStep *upto,
                              GError **error)
{
  return call (self, job_base, base, upto, error);
}

gboolean
limner_log_thread_has_log (LimnerLogThread *self)
{
  return call (self, job_has_log, NULL, NULL, NULL);
}

void
limner_log_thread_set_value (LimnerLogThread *self, const char *key, const char *value)
{
  Job *job = g_new0 (Job, 1);

  job->func = job_set_value;
  job->key = g_strdup (key);
  job->value = g_strdup (value);
  g_async_queue_push (self->jobs, job);
}

void
limner_log_thread_close (LimnerLogThread *self)
{
  if (self->thread == NULL)
    return;
  push (self, job_close, NULL);
  g_thread_join (g_steal_pointer (&self->thread));
}

void
limner_log_thread_free (LimnerLogThread *self)
{
  Job *job;

  limner_log_thread_close (self);
  while ((job = g_async_queue_try_pop (self->jobs)) != NULL)
    job_free (job);
  g_async_queue_unref (self->jobs);
  g_queue_clear_full (&self->backlog, (GDestroyNotify) limner_step_unref);
  g_clear_pointer (&self->setup, limner_log_setup_free);
  g_clear_pointer (&self->unusable, g_free);
  g_weak_ref_clear (&self->owner);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}
