/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A narrow field for one number with its letter inside: typed, or stepped with the arrow keys
 * (Shift: ten times, Alt: a tenth) and the wheel. Enter or leaving the field takes the number, Esc
 * gives it up.
 *
 * Signal: value-changed (double value): by the person only.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_NUMBER_FIELD (limner_number_field_get_type ())
G_DECLARE_FINAL_TYPE (LimnerNumberField, limner_number_field, LIMNER, NUMBER_FIELD, GtkWidget)

/* @letter: translated, shown inside; @name: translated, for readers and the tooltip */
GtkWidget *limner_number_field_new (const char *letter, const char *name);
void limner_number_field_set_range (LimnerNumberField *self, double low, double high);

/* Shown with at most two decimals. */
void limner_number_field_set_value (LimnerNumberField *self, double value);
double limner_number_field_get_value (LimnerNumberField *self);

/* Nothing is shown, e.g. while nothing is selected. */
void limner_number_field_clear (LimnerNumberField *self);

G_END_DECLS
