/* SPDX-License-Identifier: MIT */

/*
 * A library to preload under the thread sanitizer, which sees what is compiled with it and
 * pthreads, but not GLib: that builds its locks on futexes and its reference counts on atomics of
 * its own, so that everything they protect looks like a race. Here each entry point that orders
 * threads is told to the sanitizer and then done by GLib. Calls inside GLib do not pass here, so a
 * container that GLib locks for itself (a queue, a pool, a main context) is told about as a whole.
 *
 * What is told is what GLib documents: a lock, a condition, a queue, a pool, a source that is
 * attached, a weak reference, the last reference. Nothing else is hidden from the sanitizer.
 */

#define GLIB_DISABLE_DEPRECATION_WARNINGS
#include <dlfcn.h>
#include <glib-object.h>
#include <stdlib.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* The sanitizer's own interface; without it this library does nothing. */
void __tsan_acquire (void *address) __attribute__ ((weak));
void __tsan_release (void *address) __attribute__ ((weak));
void __tsan_mutex_destroy (void *address, unsigned flags) __attribute__ ((weak));
void __tsan_mutex_pre_lock (void *address, unsigned flags) __attribute__ ((weak));
void __tsan_mutex_post_lock (void *address, unsigned flags, int recursion) __attribute__ ((weak));
int __tsan_mutex_pre_unlock (void *address, unsigned flags) __attribute__ ((weak));
void __tsan_mutex_post_unlock (void *address, unsigned flags) __attribute__ ((weak));

#define MUTEX_LINKER_INIT 1u /* a GMutex of zeros is ready */
#define MUTEX_TRY_LOCK 16u
#define MUTEX_TRY_LOCK_FAILED 32u

#define REAL(name) ((__typeof (&name)) look_up (#name))
#define CALL_REAL(name, ...)                                                                       \
  ({                                                                                               \
    static __typeof (&name) real;                                                                  \
    if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL)                                         \
      __atomic_store_n (&real, REAL (name), __ATOMIC_RELAXED);                                     \
    __atomic_load_n (&real, __ATOMIC_RELAXED) (__VA_ARGS__);                                       \
  })

static void *
look_up (const char *name)
{
  void *found = dlsym (RTLD_NEXT, name);

  if (found == NULL)
    abort ();
  return found;
}

static void
acquire (void *address)
{
  if (__tsan_acquire != NULL && address != NULL)
    __tsan_acquire (address);
}

static void
release (void *address)
{
  if (__tsan_release != NULL && address != NULL)
    __tsan_release (address);
}

/* ---- locks and conditions ---- */

static void
before_lock (void *mutex, unsigned flags)
{
  if (__tsan_mutex_pre_lock != NULL)
    __tsan_mutex_pre_lock (mutex, flags | MUTEX_LINKER_INIT);
}

static void
after_lock (void *mutex, unsigned flags)
{
  if (__tsan_mutex_post_lock != NULL)
    __tsan_mutex_post_lock (mutex, flags | MUTEX_LINKER_INIT, 0);
}

static void
before_unlock (void *mutex)
{
  if (__tsan_mutex_pre_unlock != NULL)
    __tsan_mutex_pre_unlock (mutex, 0);
}

static void
after_unlock (void *mutex)
{
  if (__tsan_mutex_post_unlock != NULL)
    __tsan_mutex_post_unlock (mutex, 0);
}

EXPORT void (g_mutex_lock) (GMutex *mutex)
{
  before_lock (mutex, 0);
  CALL_REAL (g_mutex_lock, mutex);
  after_lock (mutex, 0);
}

EXPORT
gboolean (g_mutex_trylock) (GMutex *mutex)
{
  gboolean locked;

  before_lock (mutex, MUTEX_TRY_LOCK);
  locked = CALL_REAL (g_mutex_trylock, mutex);
  after_lock (mutex, MUTEX_TRY_LOCK | (locked ? 0 : MUTEX_TRY_LOCK_FAILED));
  return locked;
}

EXPORT void (g_mutex_unlock) (GMutex *mutex)
{
  before_unlock (mutex);
  CALL_REAL (g_mutex_unlock, mutex);
  after_unlock (mutex);
}

EXPORT void (g_mutex_clear) (GMutex *mutex)
{
  CALL_REAL (g_mutex_clear, mutex);
  if (__tsan_mutex_destroy != NULL)
    __tsan_mutex_destroy (mutex, MUTEX_LINKER_INIT);
}

/* Waiting lets the lock go and takes it again; GLib does it where we do not see it. */
EXPORT void (g_cond_wait) (GCond *cond, GMutex *mutex)
{
  before_unlock (mutex);
  after_unlock (mutex);
  CALL_REAL (g_cond_wait, cond, mutex);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
}

EXPORT
gboolean (g_cond_wait_until) (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean woken;

  before_unlock (mutex);
  after_unlock (mutex);
  woken = CALL_REAL (g_cond_wait_until, cond, mutex, end_time);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
  return woken;
}

/* The fast way is an atomic read in the caller, which the sanitizer sees: it takes what is released
 * here. */
EXPORT
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean must_initialise = CALL_REAL (g_once_init_enter, location);

  acquire ((void *) location);
  return must_initialise;
}

EXPORT void (g_once_init_leave) (volatile void *location, gsize result)
{
  release ((void *) location);
  CALL_REAL (g_once_init_leave, location, result);
}

/* ---- queues and pools ---- */

EXPORT void (g_async_queue_push) (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  CALL_REAL (g_async_queue_push, queue, data);
}

EXPORT
gpointer (g_async_queue_pop) (GAsyncQueue *queue)
{
  gpointer data = CALL_REAL (g_async_queue_pop, queue);

  acquire (queue);
  return data;
}

EXPORT
gpointer (g_async_queue_try_pop) (GAsyncQueue *queue)
{
  gpointer data = CALL_REAL (g_async_queue_try_pop, queue);

  acquire (queue);
  return data;
}

EXPORT
gpointer (g_async_queue_timeout_pop) (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = CALL_REAL (g_async_queue_timeout_pop, queue, timeout);

  acquire (queue);
  return data;
}

typedef struct
{
  GFunc func;
  gpointer user_data;
} Pool;

static void
run_in_pool (gpointer data, gpointer user_data)
{
  Pool *pool = user_data;

  acquire (data);
  pool->func (data, pool->user_data);
}

/* GTask's threads are of such a pool. It lives as long as the process, and so does this. */
EXPORT GThreadPool *(g_thread_pool_new) (GFunc func,
                                         gpointer user_data,
                                         gint max_threads,
                                         gboolean exclusive,
                                         GError **error)
{
  Pool *pool = g_new (Pool, 1);

  *pool = (Pool){ func, user_data };
  return CALL_REAL (g_thread_pool_new, run_in_pool, pool, max_threads, exclusive, error);
}

EXPORT
gboolean (g_thread_pool_push) (GThreadPool *pool, gpointer data, GError **error)
{
  release (data);
  return CALL_REAL (g_thread_pool_push, pool, data, error);
}

/* ---- main contexts ---- */

typedef struct
{
  GSource *source; /* (nullable): not owned */
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

/* The data of a source was handed over when the source was attached. */
static gboolean
dispatch (gpointer data)
{
  Callback *callback = data;

  acquire (callback);
  acquire (callback->source);
  return callback->func (callback->data);
}

static void
callback_free (gpointer data)
{
  Callback *callback = data;

  acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

static Callback *
callback_new (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback = g_new (Callback, 1);

  *callback = (Callback){ source, func, data, notify };
  release (callback);
  return callback;
}

/* Other kinds of sources call their function with other arguments; none of them crosses threads
 * with data that GLib does not look after itself. */
EXPORT void (g_source_set_callback) (GSource *source,
                                     GSourceFunc func,
                                     gpointer data,
                                     GDestroyNotify notify)
{
  if (func != NULL &&
      (source->source_funcs == &g_idle_funcs || source->source_funcs == &g_timeout_funcs))
    CALL_REAL (g_source_set_callback, source, dispatch, callback_new (source, func, data, notify),
               callback_free);
  else
    CALL_REAL (g_source_set_callback, source, func, data, notify);
}

EXPORT
guint (g_source_attach) (GSource *source, GMainContext *context)
{
  release (source);
  return CALL_REAL (g_source_attach, source, context);
}

EXPORT
guint (g_idle_add_full) (gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  return CALL_REAL (g_idle_add_full, priority, dispatch, callback_new (NULL, func, data, notify),
                    callback_free);
}

/* ---- references ---- */

/* Whoever frees comes after everybody else who had a reference. */
#define DEFINE_UNREF(name, type)                                                                   \
  EXPORT void (name) (type object)                                                                 \
  {                                                                                                \
    release ((void *) object);                                                                     \
    acquire ((void *) object);                                                                     \
    CALL_REAL (name, object);                                                                      \
  }

DEFINE_UNREF (g_object_unref, gpointer)
DEFINE_UNREF (g_bytes_unref, GBytes *)
DEFINE_UNREF (g_array_unref, GArray *)
DEFINE_UNREF (g_ptr_array_unref, GPtrArray *)
DEFINE_UNREF (g_hash_table_unref, GHashTable *)
DEFINE_UNREF (g_source_unref, GSource *)

EXPORT
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean was_last;

  release (count);
  was_last = CALL_REAL (g_atomic_ref_count_dec, count);
  if (was_last)
    acquire (count);
  return was_last;
}

EXPORT
gpointer (g_weak_ref_get) (GWeakRef *weak_ref)
{
  gpointer object = CALL_REAL (g_weak_ref_get, weak_ref);

  acquire (weak_ref);
  return object;
}

EXPORT void (g_weak_ref_set) (GWeakRef *weak_ref, gpointer object)
{
  release (weak_ref);
  CALL_REAL (g_weak_ref_set, weak_ref, object);
}
