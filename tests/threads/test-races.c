/* SPDX-License-Identifier: MIT */

/*
 * The thread sanitizer and the library that explains GLib to it, tried on code whose answer is
 * known: each scene runs in a process of its own, which ends with 66 where a race was reported.
 */

#include <gio/gio.h>
#include <limner-test.h>

#define REPORTED 66

/* What two threads write. Only in the order that the scene gives them is that right. */
static struct
{
  GMutex mutex;
  GMutex other_mutex;
  GCond cond;
  GAsyncQueue *queue;
  GMainLoop *loop;
  gsize once;
  gboolean is_ready;
  guint value;
} shared;

static gpointer
with_mutex (gpointer mutex)
{
  g_mutex_lock (mutex);
  shared.value++;
  g_mutex_unlock (mutex);
  return NULL;
}

static gpointer
without_mutex (gpointer unused)
{
  shared.value++;
  return NULL;
}

static void
run_two (GThreadFunc first, gpointer first_data, GThreadFunc second, gpointer second_data)
{
  GThread *one = g_thread_new ("one", first, first_data);
  GThread *two = g_thread_new ("two", second, second_data);

  g_thread_join (one);
  g_thread_join (two);
}

static void
scene_mutex (void)
{
  run_two (with_mutex, &shared.mutex, with_mutex, &shared.mutex);
}

static void
scene_other_mutex (void)
{
  run_two (with_mutex, &shared.mutex, with_mutex, &shared.other_mutex);
}

static void
scene_no_mutex (void)
{
  run_two (without_mutex, NULL, without_mutex, NULL);
}

static gpointer
in_order (gpointer unused)
{
  g_mutex_lock (&shared.mutex);
  g_mutex_lock (&shared.other_mutex);
  g_mutex_unlock (&shared.other_mutex);
  g_mutex_unlock (&shared.mutex);
  return NULL;
}

static gpointer
out_of_order (gpointer unused)
{
  g_usleep (50 * 1000);
  g_mutex_lock (&shared.other_mutex);
  g_mutex_lock (&shared.mutex);
  g_mutex_unlock (&shared.mutex);
  g_mutex_unlock (&shared.other_mutex);
  return NULL;
}

static void
scene_lock_order (void)
{
  run_two (in_order, NULL, out_of_order, NULL);
}

static gpointer
wake (gpointer unused)
{
  shared.value++;
  g_mutex_lock (&shared.mutex);
  shared.is_ready = TRUE;
  g_cond_signal (&shared.cond);
  g_mutex_unlock (&shared.mutex);
  return NULL;
}

static gpointer
wait_for_it (gpointer unused)
{
  g_mutex_lock (&shared.mutex);
  while (!shared.is_ready)
    g_cond_wait (&shared.cond, &shared.mutex);
  g_mutex_unlock (&shared.mutex);
  shared.value++;
  return NULL;
}

static void
scene_cond (void)
{
  run_two (wait_for_it, NULL, wake, NULL);
}

static gpointer
push (gpointer unused)
{
  shared.value++;
  g_async_queue_push (shared.queue, &shared);
  return NULL;
}

static gpointer
pop (gpointer unused)
{
  g_async_queue_pop (shared.queue);
  shared.value++;
  return NULL;
}

static void
scene_queue (void)
{
  shared.queue = g_async_queue_new ();
  run_two (pop, NULL, push, NULL);
  g_async_queue_unref (shared.queue);
}

/* There and back again: both ways a task hands its data over. */
static void
work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  shared.value++;
  g_task_return_boolean (task, TRUE);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  shared.value++;
  g_main_loop_quit (shared.loop);
}

static void
scene_task (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_worked, NULL);

  shared.loop = g_main_loop_new (NULL, FALSE);
  shared.value++;
  g_task_run_in_thread (task, work);
  g_main_loop_run (shared.loop);
  g_main_loop_unref (shared.loop);
}

static gboolean
on_idle (gpointer unused)
{
  shared.value++;
  g_main_loop_quit (shared.loop);
  return G_SOURCE_REMOVE;
}

static gpointer
attach (gpointer unused)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, on_idle, NULL, NULL);
  shared.value++;
  g_source_attach (source, NULL);
  g_source_unref (source);
  return NULL;
}

static void
scene_source (void)
{
  GThread *thread;

  shared.loop = g_main_loop_new (NULL, FALSE);
  thread = g_thread_new ("attach", attach, NULL);
  g_main_loop_run (shared.loop);
  g_thread_join (thread);
  g_main_loop_unref (shared.loop);
}

static gpointer
initialise (gpointer unused)
{
  if (g_once_init_enter (&shared.once))
    {
      shared.value = 7;
      g_once_init_leave (&shared.once, 1);
    }
  return GUINT_TO_POINTER (shared.value);
}

static void
scene_once (void)
{
  run_two (initialise, NULL, initialise, NULL);
}

static void
on_freed (gpointer unused)
{
  shared.value++;
}

static gpointer
use_and_unref (gpointer bytes)
{
  g_bytes_unref (bytes);
  return NULL;
}

static void
scene_unref (void)
{
  GBytes *bytes = g_bytes_new_with_free_func ("", 1, on_freed, NULL);

  shared.value++;
  run_two (use_and_unref, g_bytes_ref (bytes), use_and_unref, bytes);
}

static const struct
{
  const char *name;
  void (*run) (void);
  int status;
} scenes[] = {
  { "mutex", scene_mutex, 0 },
  { "cond", scene_cond, 0 },
  { "queue", scene_queue, 0 },
  { "task", scene_task, 0 },
  { "source", scene_source, 0 },
  { "once", scene_once, 0 },
  { "unref", scene_unref, 0 },
  { "other-mutex", scene_other_mutex, REPORTED },
  { "no-mutex", scene_no_mutex, REPORTED },
  { "lock-order", scene_lock_order, REPORTED },
};

static char *program;

static void
test_scenes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *said = NULL;
      const char *args[] = { program, scenes[i].name, NULL };
      int status;

      g_assert_true (g_spawn_sync (NULL, (char **) args, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                   &said, &status, &error));
      g_assert_no_error (error);
      status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
      if (status != scenes[i].status)
        g_test_message ("%s: ended with %d, expected %d: %s", scenes[i].name, status,
                        scenes[i].status, said);
      g_assert_cmpint (status, ==, scenes[i].status);
    }
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "scenes", test_scenes },
    { NULL },
  };

  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (scenes); i++)
    if (strcmp (argv[1], scenes[i].name) == 0)
      {
        scenes[i].run ();
        return 0;
      }
  program = argv[0];
  return limner_test_main (argc, argv, "races", cases);
}
