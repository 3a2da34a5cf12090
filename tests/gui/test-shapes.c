/* SPDX-License-Identifier: MIT */

/* Many resting shapes on the canvas, and how they look by choice. */

#include "canvas-fixture.h"

#include <math.h>
#include <string.h>

#define WIDTH 700
#define HEIGHT 500
#define IMAGE_WIDTH 1400
#define IMAGE_HEIGHT 1000
#define N_SHAPES 400

typedef struct
{
  GtkWindow *window;
  LimnerCanvas *canvas;
  CanvasSet set;
} Fixture;

/* Shape 1 has keypoints and an attribute, shape 2 a state and a score, shape 3 an attribute. */
static const char special[] =
    "{\"id\":1,\"image_id\":1,\"category_id\":2,\"bbox\":[100,100,200,200],\"area\":40000,"
    "\"iscrowd\":0,\"segmentation\":[],\"num_keypoints\":2,\"attributes\":{\"pose\":\"up\"},"
    "\"keypoints\":[150,150,2,250,150,1,200,250,0]},"
    "{\"id\":2,\"image_id\":1,\"category_id\":1,\"bbox\":[1000,100,100,100],\"area\":10000,"
    "\"iscrowd\":0,\"segmentation\":[],\"score\":0.875,\"limner\":{\"state\":\"accepted\"}},"
    "{\"id\":3,\"image_id\":1,\"category_id\":1,\"bbox\":[1000,300,100,100],\"area\":10000,"
    "\"iscrowd\":0,\"segmentation\":[],\"attributes\":{\"pose\":\"down\"}}";

/* A person whose keypoints lie in a car that is lower; one of them is below a car that is higher.
 */
static const char layered[] =
    "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[100,100,200,200],\"area\":40000,"
    "\"iscrowd\":0,\"segmentation\":[]},"
    "{\"id\":2,\"image_id\":1,\"category_id\":2,\"bbox\":[100,340,200,100],\"area\":20000,"
    "\"iscrowd\":0,\"segmentation\":[],\"num_keypoints\":2,"
    "\"keypoints\":[150,150,2,250,150,2,200,250,0]},"
    "{\"id\":3,\"image_id\":1,\"category_id\":1,\"bbox\":[230,130,40,40],\"area\":1600,"
    "\"iscrowd\":0,\"segmentation\":[]}";

/* @first: the annotations 1 to 3 */
static char *
make_coco (const char *first, guint n)
{
  GString *text = g_string_new ("{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":1400,"
                                "\"height\":1000}],\"categories\":[{\"id\":1,\"name\":\"car\"},"
                                "{\"id\":2,\"name\":\"person\",\"keypoints\":[\"a\",\"b\",\"c\"],"
                                "\"skeleton\":[[1,2],[2,3],[1,9]]}],\"annotations\":[");
  g_autoptr (GRand) chance = g_rand_new_with_seed (5);

  g_string_append (text, first);
  for (guint i = 4; i <= n; i++)
    {
      double x = g_rand_double_range (chance, 40, IMAGE_WIDTH - 40);
      double y = g_rand_double_range (chance, 520, IMAGE_HEIGHT - 40);
      double radius = g_rand_double_range (chance, 4, 36);

      g_string_append_printf (text,
                              ",{\"id\":%u,\"image_id\":1,\"category_id\":1,\"iscrowd\":0,"
                              "\"area\":%.1f,\"bbox\":[%.2f,%.2f,%.2f,%.2f],"
                              "\"segmentation\":[[",
                              i, radius * radius * 3, x - radius, y - radius, 2 * radius,
                              2 * radius);
      for (guint j = 0; j < 14; j++)
        g_string_append_printf (text, "%s%.2f,%.2f", j > 0 ? "," : "",
                                x + radius * cos (j * G_PI / 7), y + radius * sin (j * G_PI / 7));
      g_string_append (text, "]]}");
    }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static LimnerPixels *
make_pixels (void)
{
  guint8 *data = g_malloc ((gsize) IMAGE_WIDTH * IMAGE_HEIGHT);

  memset (data, 90, (gsize) IMAGE_WIDTH * IMAGE_HEIGHT);
  return limner_pixels_new (LIMNER_PIXELS_GREY8, IMAGE_WIDTH, IMAGE_HEIGHT, IMAGE_WIDTH, data);
}

static void
fixture_open_with (Fixture *self, const char *first, guint n_shapes)
{
  g_autoptr (LimnerPixels) pixels = make_pixels ();
  g_autofree char *coco = make_coco (first, n_shapes);

  *self = (Fixture){ NULL };
  adw_init ();
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  self->window = canvas_fixture_show (self->canvas, WIDTH, HEIGHT);
  self->set = canvas_fixture_open_set (self->canvas, pixels, coco);
  g_object_set (self->canvas, "show-labels", FALSE, NULL);
  limner_canvas_zoom_to (self->canvas, 0.5, &(LimnerPoint){ 0, 0 });
  limner_test_wait (limner_canvas_is_settled (self->canvas));
}

static void
fixture_open (Fixture *self, guint n_shapes)
{
  fixture_open_with (self, special, n_shapes);
}

static void
fixture_close (Fixture *self)
{
  gtk_window_destroy (self->window);
  canvas_fixture_close_set (&self->set);
}

/* (transfer full): what the canvas paints once everything is ready. */
static cairo_surface_t *
capture (Fixture *self)
{
  limner_test_wait (limner_canvas_is_settled (self->canvas));
  return canvas_fixture_capture (self->canvas);
}

/* At a point of the image. */
static guint32
look_at (Fixture *self, double x, double y)
{
  cairo_surface_t *surface = capture (self);
  LimnerPoint at = limner_canvas_to_view (self->canvas, (LimnerPoint){ x, y });
  guint32 pixel = get_pixel (surface, (int) at.x, (int) at.y);

  cairo_surface_destroy (surface);
  return pixel;
}

static int
difference (guint32 a, guint32 b)
{
  int largest = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    largest = MAX (largest, ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)));
  return largest;
}

/* ---- sets ---- */

/* The same answers in the same order, everywhere. */
static void
assert_same_sets (const LimnerShapeSet *a, const LimnerShapeSet *b)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) second = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_assert_cmpuint (limner_shape_set_get_n_entries (a), ==, limner_shape_set_get_n_entries (b));
  for (double y = -100; y < IMAGE_HEIGHT; y += 170)
    for (double x = -100; x < IMAGE_WIDTH; x += 230)
      {
        const LimnerBox area = { x, y, 240, 200 };
        guint n_wrong = 0;

        limner_shape_set_query (a, &area, first);
        limner_shape_set_query (b, &area, second);
        g_assert_cmpuint (first->len, ==, second->len);
        for (guint i = 0; i < MIN (first->len, second->len); i++)
          {
            const LimnerShapeEntry *one =
                limner_shape_set_get_entry (a, g_array_index (first, guint32, i));
            const LimnerShapeEntry *other =
                limner_shape_set_get_entry (b, g_array_index (second, guint32, i));

            n_wrong += !limner_shape_equal (one->shape, other->shape) ||
                       one->color != other->color || one->flags != other->flags ||
                       g_strcmp0 (one->label, other->label) != 0;
          }
        g_assert_cmpuint (n_wrong, ==, 0);
      }
}

static void
change_something (Fixture *self, GRand *chance)
{
  GListModel *items = G_LIST_MODEL (self->set.scene);
  guint n = g_list_model_get_n_items (items);
  g_autoptr (LimnerSceneItem) item =
      g_list_model_get_item (items, (guint) g_rand_int_range (chance, 0, (gint32) n));
  g_autoptr (GPtrArray) held = g_ptr_array_new ();
  g_autoptr (LimnerShape) moved =
      limner_shape_move (limner_scene_item_get_shape (item), 25, g_rand_double (chance) * -30);

  switch (g_rand_int_range (chance, 0, 10))
    {
    case 0:
      limner_scene_set_visible (self->set.scene, item, !limner_scene_item_get_visible (item));
      break;
    case 1:
      limner_scene_set_locked (self->set.scene, item, !limner_scene_item_get_locked (item));
      break;
    case 2:
      g_ptr_array_add (held, item);
      limner_scene_set_held (self->set.scene, held);
      break;
    case 3:
      limner_scene_set_held (self->set.scene, NULL);
      break;
    case 4:
      limner_scene_set_locked (self->set.scene, item, FALSE);
      limner_scene_set_shape (self->set.scene, item, moved, "Move");
      break;
    case 5:
      limner_scene_set_active_category (self->set.scene, 1);
      limner_scene_add_shape (self->set.scene, moved);
      break;
    case 6:
    case 7:
      limner_document_undo (self->set.document, NULL, NULL);
      break;
    case 8:
      limner_document_redo (self->set.document, NULL, NULL);
      break;
    default:
      limner_scene_set_locked (self->set.scene, item, FALSE);
      limner_scene_select (self->set.scene, item, FALSE);
      limner_scene_delete_selection (self->set.scene);
    }
}

static void
test_patched_sets_are_like_new_ones (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (11);
  g_autoptr (LimnerShapeSet) set = NULL;
  guint n_patched = 0;
  Fixture self;

  fixture_open (&self, 120);
  limner_canvas_set_scene (self.canvas, NULL);
  set = limner_shape_set_new (self.set.scene, IMAGE_WIDTH, IMAGE_HEIGHT, NULL,
                              LIMNER_ORIENTATION_NORMAL);
  for (guint round = 0; round < 160; round++)
    {
      g_autoptr (LimnerShapeSet) fresh = NULL;
      LimnerShapeSet *patch = NULL;
      LimnerBox damage;

      change_something (&self, chance);
      fresh = limner_shape_set_new (self.set.scene, IMAGE_WIDTH, IMAGE_HEIGHT, NULL,
                                    LIMNER_ORIENTATION_NORMAL);
      if (!limner_scene_take_damage (self.set.scene, &damage))
        continue;
      patch = limner_shape_set_patch (set, self.set.scene, &damage);
      n_patched += patch != NULL;
      limner_shape_set_unref (set);
      set = patch != NULL ? patch : limner_shape_set_ref (fresh);
      assert_same_sets (set, fresh);
    }
  g_assert_cmpuint (n_patched, >, 120);
  fixture_close (&self);
}

/* Keypoints may lie outside their shape, by which the scene finds what was damaged: all is taken
 * anew there. */
static void
test_keypoints_are_not_patched (void)
{
  const LimnerBox at_keypoints = { 90, 90, 20, 20 }, elsewhere = { 1040, 340, 10, 10 };
  g_autoptr (LimnerShapeSet) set = NULL;
  LimnerShapeSet *patch;
  Fixture self;

  fixture_open (&self, N_SHAPES);
  set = limner_shape_set_new (self.set.scene, IMAGE_WIDTH, IMAGE_HEIGHT, NULL,
                              LIMNER_ORIENTATION_NORMAL);
  g_assert_null (limner_shape_set_patch (set, self.set.scene, &at_keypoints));
  patch = limner_shape_set_patch (set, self.set.scene, &elsewhere);
  g_assert_nonnull (patch);
  g_clear_pointer (&patch, limner_shape_set_unref);
  fixture_close (&self);
}

/* ---- painting ---- */

/* From some hundreds on our own raster paints them: as cairo would. */
static void
test_many_look_as_few (void)
{
  cairo_surface_t *found, *wanted;
  cairo_t *cr;
  LimnerView view;
  double sum = 0;
  guint n = 0;
  Fixture self;

  fixture_open (&self, N_SHAPES);
  found = capture (&self);
  wanted = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cr = cairo_create (wanted);
  cairo_set_source_rgb (cr, 90 / 255.0, 90 / 255.0, 90 / 255.0);
  cairo_paint (cr);
  view = limner_canvas_get_painter_view (self.canvas);
  for (guint i = 1; i < g_list_model_get_n_items (G_LIST_MODEL (self.set.scene)); i++)
    {
      g_autoptr (LimnerSceneItem) item = g_list_model_get_item (G_LIST_MODEL (self.set.scene), i);

      limner_painter_draw_shape (cr, &view, limner_scene_item_get_shape (item),
                                 limner_scene_item_get_color (item), 0, NULL);
    }
  cairo_destroy (cr);
  cairo_surface_flush (wanted);
  /* all but the one with keypoints, which are no shape */
  for (int y = HEIGHT / 2 + 20; y < HEIGHT - 20; y++)
    for (int x = 20; x < WIDTH - 20; x++)
      {
        int one = difference (get_pixel (found, x, y), get_pixel (wanted, x, y));

        sum += one;
        n += one > 0;
      }
  g_test_message ("mean difference %.2f", sum / ((HEIGHT / 2 - 40) * (WIDTH - 40)));
  g_assert_cmpuint (n, >, 100);
  g_assert_cmpfloat (sum / ((HEIGHT / 2 - 40) * (WIDTH - 40)), <, 5);
  cairo_surface_destroy (found);
  cairo_surface_destroy (wanted);
  fixture_close (&self);
}

static void
test_looks (void)
{
  guint32 inside, plain = 0x5a5a5a;
  guint32 edge;
  Fixture self;

  fixture_open (&self, 3);
  inside = look_at (&self, 1050, 150);
  edge = look_at (&self, 1000, 150);
  g_assert_cmphex (inside, !=, plain);

  g_object_set (self.canvas, "outline-only", TRUE, NULL);
  g_assert_cmphex (look_at (&self, 1050, 150), ==, plain);
  g_assert_cmphex (look_at (&self, 1000, 150), ==, edge);
  g_object_set (self.canvas, "outline-only", FALSE, "line-width", 6.0, NULL);
  g_assert_cmphex (look_at (&self, 1004, 150), ==, edge);
  g_object_set (self.canvas, "line-width", 2.0, "color-by", "state", NULL);
  g_assert_cmphex (look_at (&self, 1000, 150), ==, 0x30a46c);
  g_assert_cmphex (look_at (&self, 1000, 350), ==, 0x9a9996);
  g_object_set (self.canvas, "color-by", "attribute", NULL);
  g_assert_cmphex (look_at (&self, 1000, 150), ==, 0x9a9996);
  g_assert_cmphex (look_at (&self, 1000, 350), !=, look_at (&self, 100, 200));
  g_object_set (self.canvas, "color-attribute", "none such", NULL);
  g_assert_cmphex (look_at (&self, 1000, 350), ==, 0x9a9996);
  g_object_set (self.canvas, "color-by", "instance", NULL);
  g_assert_cmphex (look_at (&self, 1000, 350), !=, look_at (&self, 1000, 150));

  /* only while something is selected */
  g_object_set (self.canvas, "color-by", "class", "fade-others", TRUE, NULL);
  g_assert_cmphex (look_at (&self, 1000, 150), ==, edge);
  limner_scene_select (self.set.scene, limner_scene_find_id (self.set.scene, 3), FALSE);
  g_assert_cmpint (difference (look_at (&self, 1000, 150), edge), >, 20);
  g_assert_cmpint (difference (look_at (&self, 1050, 350), inside), <=, 2);
  limner_scene_select_none (self.set.scene);
  g_assert_cmphex (look_at (&self, 1000, 150), ==, edge);
  fixture_close (&self);
}

/* A label in full colour on a faded shape would draw the eye to what is not looked at. */
static void
test_labels_fade_with_their_shapes (void)
{
  Fixture self;
  guint32 chip;

  fixture_open (&self, 3);
  g_object_set (self.canvas, "show-labels", TRUE, "fade-others", TRUE, NULL);
  /* in the padding of the chip above shape 2 */
  chip = look_at (&self, 1004, 80);
  g_assert_cmphex (chip, ==,
                   limner_scene_item_get_color (limner_scene_find_id (self.set.scene, 2)));
  limner_scene_select (self.set.scene, limner_scene_find_id (self.set.scene, 3), FALSE);
  g_assert_cmpint (difference (look_at (&self, 1004, 80), chip), >, 20);
  g_assert_cmphex (look_at (&self, 1004, 280), ==, chip);
  limner_scene_select_none (self.set.scene);
  g_assert_cmphex (look_at (&self, 1004, 80), ==, chip);
  fixture_close (&self);
}

static void
test_labels_say_what_is_chosen (void)
{
  const struct
  {
    gint64 id;
    LimnerLabelContent content;
    const char *label;
  } rows[] = { { 2, LIMNER_LABEL_CLASS, "car" },
               { 2, LIMNER_LABEL_ID, "car 2" },
               { 2, LIMNER_LABEL_SCORE, "car 0.88" },
               { 3, LIMNER_LABEL_SCORE, "car" },
               { 1, LIMNER_LABEL_CLASS, "person" } };
  Fixture self;

  fixture_open (&self, 3);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const LimnerShapeLook look = { .label = rows[i].content };
      g_autofree char *label =
          limner_shape_look_dup_label (&look, limner_scene_find_id (self.set.scene, rows[i].id));

      g_assert_cmpstr (label, ==, rows[i].label);
    }
  fixture_close (&self);
}

static void
assert_says (Fixture *self, gint64 id, const char *name)
{
  LimnerBox area = limner_shape_get_bbox (
      limner_scene_item_get_shape (limner_scene_find_id (self->set.scene, id)));
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (guint32));
  LimnerShapeSet *shapes;

  limner_canvas_flush_shapes (self->canvas);
  shapes = limner_tile_cache_get_shapes (limner_canvas_get_tiles (self->canvas));
  limner_shape_set_query (shapes, &area, entries);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpstr (limner_shape_set_get_entry (shapes, g_array_index (entries, guint32, 0))->label,
                   ==, name);
}

/* On all its shapes, not only on those that are edited later; and so when it is undone. */
static void
test_a_renamed_class_is_read_everywhere (void)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  Fixture self;

  fixture_open (&self, 3);
  assert_says (&self, 2, "car");
  assert_says (&self, 3, "car");
  transaction = limner_document_begin (self.set.document, "Rename", 0);
  g_assert_true (limner_transaction_rename_category (transaction, 1, "lorry", &error));
  g_assert_true (limner_document_commit (self.set.document, g_steal_pointer (&transaction), NULL,
                                         NULL, &error));
  g_assert_no_error (error);
  limner_scene_set_locked (self.set.scene, limner_scene_find_id (self.set.scene, 2), TRUE);
  assert_says (&self, 1, "person");
  assert_says (&self, 2, "lorry");
  assert_says (&self, 3, "lorry");
  g_assert_true (limner_document_undo (self.set.document, NULL, &error));
  g_assert_no_error (error);
  assert_says (&self, 2, "car");
  assert_says (&self, 3, "car");
  fixture_close (&self);
}

/* One that is seen is filled, a hidden one hollow, a bone between them, none to what is not there;
 * the same in few shapes and in many. */
static void
test_keypoints (void)
{
  const guint numbers[] = { 3, N_SHAPES };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint32 color;
      Fixture self;

      fixture_open (&self, numbers[i]);
      color = limner_scene_item_get_color (limner_scene_find_id (self.set.scene, 1));
      g_assert_cmphex (look_at (&self, 150, 150), ==, color);
      g_assert_cmphex (look_at (&self, 250, 150), ==, 0xffffff);
      g_assert_cmpint (difference (look_at (&self, 200, 150), color), <=, 8);
      g_assert_cmpint (difference (look_at (&self, 225, 200), look_at (&self, 280, 280)), <=, 2);
      fixture_close (&self);
    }
}

/* In few shapes and in many. */
static void
test_keypoints_lie_between_shapes (void)
{
  const guint numbers[] = { 3, N_SHAPES };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint32 car, person;
      Fixture self;

      fixture_open_with (&self, layered, numbers[i]);
      g_object_set (self.canvas, "fill-opacity", 1.0, NULL);
      car = limner_scene_item_get_color (limner_scene_find_id (self.set.scene, 1));
      person = limner_scene_item_get_color (limner_scene_find_id (self.set.scene, 2));
      g_assert_cmpint (difference (car, person), >, 40);
      g_assert_cmpint (difference (look_at (&self, 200, 250), car), <=, 2);
      g_assert_cmpint (difference (look_at (&self, 150, 150), person), <=, 2);
      g_assert_cmpint (difference (look_at (&self, 200, 150), person), <=, 8);
      g_assert_cmpint (difference (look_at (&self, 250, 150), car), <=, 2);
      g_assert_cmpint (difference (look_at (&self, 240, 150), car), <=, 2);
      fixture_close (&self);
    }
}

/* ---- workers ---- */

static void
test_workers_pause_for_a_moment (void)
{
  LimnerTileCache *tiles;
  Fixture self;

  fixture_open (&self, N_SHAPES);
  tiles = limner_canvas_get_tiles (self.canvas);
  limner_tile_cache_set_paused (tiles, TRUE);
  limner_canvas_zoom_to (self.canvas, 0.77, NULL);
  g_assert_false (limner_canvas_is_settled (self.canvas));
  limner_tile_cache_set_paused (tiles, FALSE);
  limner_test_wait (limner_canvas_is_settled (self.canvas));

  /* one that is forgotten does not stop them for ever */
  limner_tile_cache_set_paused (tiles, TRUE);
  limner_canvas_zoom_to (self.canvas, 0.91, NULL);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  fixture_close (&self);
}

static void
test_memory_of_tiles_is_used_again (void)
{
  LimnerTilePool *pool = limner_tile_pool_new (64);
  cairo_surface_t *surface = limner_tile_pool_take (pool);
  const guint8 *memory = cairo_image_surface_get_data (surface);

  g_assert_cmpuint (limner_tile_pool_count_idle (pool), ==, 0);
  cairo_surface_destroy (surface);
  g_assert_cmpuint (limner_tile_pool_count_idle (pool), ==, 1);
  surface = limner_tile_pool_take (pool);
  g_assert_true (cairo_image_surface_get_data (surface) == memory);
  g_assert_cmpuint (limner_tile_pool_count_idle (pool), ==, 0);
  /* a surface may outlive the pool */
  limner_tile_pool_unref (pool);
  memset (cairo_image_surface_get_data (surface), 7, 64);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "patched-sets-are-like-new-ones", test_patched_sets_are_like_new_ones },
    { "many-look-as-few", test_many_look_as_few },
    { "looks", test_looks },
    { "labels-fade-with-their-shapes", test_labels_fade_with_their_shapes },
    { "labels-say-what-is-chosen", test_labels_say_what_is_chosen },
    { "a-renamed-class-is-read-everywhere", test_a_renamed_class_is_read_everywhere },
    { "keypoints", test_keypoints },
    { "keypoints-lie-between-shapes", test_keypoints_lie_between_shapes },
    { "keypoints-are-not-patched", test_keypoints_are_not_patched },
    { "workers-pause-for-a-moment", test_workers_pause_for_a_moment },
    { "memory-of-tiles-is-used-again", test_memory_of_tiles_is_used_again },
    { NULL },
  };

  return limner_test_main (argc, argv, "shapes", cases);
}
