/* SPDX-License-Identifier: MIT */
#pragma once

/* Reads LIMNER_INJECT_... from the environment, once it says what is to be watched. */
void inject_start (void);
