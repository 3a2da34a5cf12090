/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-thumbnail"

#include "thumbnail.h"

#include <math.h>

/* 56 x 42 at four bytes: 9 kB each, 38 kB on a screen of scale 2. */
#define MAX_CACHED 1500

/* Requests under way at a time: the rest waits here, so that what has come into view goes first. */
#define MAX_LOADING 8

struct _LimnerThumbnailCache
{
  GObject parent_instance;

  LimnerImageLoader *loader;
  GHashTable *textures; /* path -> GdkTexture */
  GQueue order;         /* paths as they came, owned by the table */
  GPtrArray *waiting;   /* LimnerThumbnail, borrowed: they take themselves out */
  guint n_loading;
  guint pump_source;
};

G_DEFINE_FINAL_TYPE (LimnerThumbnailCache, limner_thumbnail_cache, G_TYPE_OBJECT)

static void
limner_thumbnail_cache_finalize (GObject *object)
{
  LimnerThumbnailCache *self = LIMNER_THUMBNAIL_CACHE (object);

  g_clear_handle_id (&self->pump_source, g_source_remove);
  g_ptr_array_unref (self->waiting);
  g_queue_clear (&self->order);
  g_hash_table_unref (self->textures);
  g_object_unref (self->loader);
  G_OBJECT_CLASS (limner_thumbnail_cache_parent_class)->finalize (object);
}

static void
limner_thumbnail_cache_class_init (LimnerThumbnailCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = limner_thumbnail_cache_finalize;
}

static void
limner_thumbnail_cache_init (LimnerThumbnailCache *self)
{
  self->textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_queue_init (&self->order);
  self->waiting = g_ptr_array_new ();
}

LimnerThumbnailCache *
limner_thumbnail_cache_new (LimnerImageLoader *loader)
{
  LimnerThumbnailCache *self = g_object_new (LIMNER_TYPE_THUMBNAIL_CACHE, NULL);

  self->loader = g_object_ref (loader);
  return self;
}

static void
cache_put (LimnerThumbnailCache *self, const char *path, GdkTexture *texture)
{
  char *key;

  if (g_hash_table_contains (self->textures, path))
    return;
  key = g_strdup (path);
  g_hash_table_insert (self->textures, key, g_object_ref (texture));
  g_queue_push_tail (&self->order, key);
  if (g_queue_get_length (&self->order) > MAX_CACHED)
    g_hash_table_remove (self->textures, g_queue_pop_head (&self->order));
}

/* ---- the widget ---- */

struct _LimnerThumbnail
{
  GtkWidget parent_instance;

  int width;
  int height;
  char *path;
  GdkTexture *texture;
  LimnerThumbnailCache *cache;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (LimnerThumbnail, limner_thumbnail, GTK_TYPE_WIDGET)

static void
limner_thumbnail_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  LimnerThumbnail *self = LIMNER_THUMBNAIL (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
}

static void
limner_thumbnail_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerThumbnail *self = LIMNER_THUMBNAIL (widget);
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, width, height);
  GskRoundedRect outline;
  float scale;
  float w;
  float h;

  if (self->texture == NULL)
    return;
  scale = MIN (width / (float) gdk_texture_get_width (self->texture),
               height / (float) gdk_texture_get_height (self->texture));
  w = roundf ((float) gdk_texture_get_width (self->texture) * scale);
  h = roundf ((float) gdk_texture_get_height (self->texture) * scale);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, 4.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT (floorf ((width - w) / 2.0f),
                                                    floorf ((height - h) / 2.0f), w, h));
  gtk_snapshot_pop (snapshot);
}

static void
limner_thumbnail_dispose (GObject *object)
{
  LimnerThumbnail *self = LIMNER_THUMBNAIL (object);

  limner_thumbnail_load (self, NULL, NULL);
  g_clear_object (&self->cache);
  G_OBJECT_CLASS (limner_thumbnail_parent_class)->dispose (object);
}

static void
limner_thumbnail_class_init (LimnerThumbnailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_thumbnail_dispose;
  widget_class->measure = limner_thumbnail_measure;
  widget_class->snapshot = limner_thumbnail_snapshot;
  gtk_widget_class_set_css_name (widget_class, "thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
limner_thumbnail_init (LimnerThumbnail *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
limner_thumbnail_new (int width, int height)
{
  LimnerThumbnail *self = g_object_new (LIMNER_TYPE_THUMBNAIL, NULL);

  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}

static void
free_surface (gpointer surface)
{
  cairo_surface_destroy (surface);
}

static GdkTexture *
texture_from_surface (cairo_surface_t *surface)
{
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  const gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = NULL;

  /* RGB24 leaves the fourth byte undefined; the texture needs it opaque. */
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    {
      guint32 *row =
          (guint32 *) (void *) (cairo_image_surface_get_data (surface) + stride * (gsize) y);

      for (int x = 0; x < width; x++)
        row[x] |= 0xff000000u;
    }
  bytes =
      g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), stride * (gsize) height,
                                  free_surface, cairo_surface_reference (surface));
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
}

typedef struct
{
  GWeakRef widget;
  LimnerThumbnailCache *cache;
  char *path;
} LoadRequest;

static void
load_request_free (LoadRequest *request)
{
  g_weak_ref_clear (&request->widget);
  g_object_unref (request->cache);
  g_free (request->path);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadRequest, load_request_free)

static void queue_pump (LimnerThumbnailCache *cache);

static void
on_thumbnail_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LoadRequest) request = user_data;
  g_autoptr (LimnerThumbnail) self = g_weak_ref_get (&request->widget);
  g_autoptr (GdkTexture) texture = NULL;
  /* An unreadable picture says so when it is shown. */
  cairo_surface_t *surface =
      limner_image_loader_load_thumbnail_finish (LIMNER_IMAGE_LOADER (source), result, NULL);

  request->cache->n_loading--;
  queue_pump (request->cache);
  if (surface == NULL)
    return;
  texture = texture_from_surface (surface);
  cairo_surface_destroy (surface);
  cache_put (request->cache, request->path, texture);
  if (self == NULL || g_strcmp0 (self->path, request->path) != 0)
    return;
  g_set_object (&self->texture, texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
start_load (LimnerThumbnail *self)
{
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  LoadRequest *request = g_new0 (LoadRequest, 1);

  g_weak_ref_init (&request->widget, self);
  request->cache = g_object_ref (self->cache);
  request->path = g_strdup (self->path);
  self->cancellable = g_cancellable_new ();
  self->cache->n_loading++;
  limner_image_loader_load_thumbnail_async (self->cache->loader, self->path,
                                            (guint) (self->width * scale),
                                            (guint) (self->height * scale), self->cancellable,
                                            on_thumbnail_loaded, request);
}

/* Lists bind about two hundred rows of which a dozen can be seen; they leave the others unmapped.
 */
static gboolean
is_in_view (LimnerThumbnail *self)
{
  GtkWidget *view;
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return FALSE;
  view = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  if (view == NULL || !gtk_widget_compute_bounds (GTK_WIDGET (self), view, &bounds))
    return FALSE;
  return bounds.origin.y + bounds.size.height > 0.0f &&
         bounds.origin.y < (float) gtk_widget_get_height (view);
}

/* What is in view first, then the rest, each in the order in which they came. */
static gboolean
on_pump (gpointer user_data)
{
  LimnerThumbnailCache *cache = user_data;

  cache->pump_source = 0;
  for (guint i = 0; cache->n_loading < MAX_LOADING && i < cache->waiting->len;)
    {
      if (is_in_view (g_ptr_array_index (cache->waiting, i)))
        start_load (g_ptr_array_steal_index (cache->waiting, i));
      else
        i++;
    }
  while (cache->n_loading < MAX_LOADING && cache->waiting->len > 0)
    start_load (g_ptr_array_steal_index (cache->waiting, 0));
  return G_SOURCE_REMOVE;
}

/* Idle: rows are bound before they are laid out. */
static void
queue_pump (LimnerThumbnailCache *cache)
{
  if (cache->pump_source == 0 && cache->waiting->len > 0)
    cache->pump_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_pump, cache, NULL);
}

void
limner_thumbnail_load (LimnerThumbnail *self, LimnerThumbnailCache *cache, const char *path)
{
  if (path != NULL && g_strcmp0 (self->path, path) == 0 && self->texture != NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  if (self->cache != NULL)
    g_ptr_array_remove (self->cache->waiting, self);
  g_free (self->path);
  self->path = g_strdup (path);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (path == NULL || cache == NULL)
    return;

  g_set_object (&self->cache, cache);
  g_set_object (&self->texture, g_hash_table_lookup (cache->textures, path));
  if (self->texture != NULL)
    return;
  g_ptr_array_add (cache->waiting, self);
  queue_pump (cache);
}

GdkTexture *
limner_thumbnail_get_texture (LimnerThumbnail *self)
{
  return self->texture;
}
