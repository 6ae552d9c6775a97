#ifndef CK_DOTS_DOTPROD_H
#define CK_DOTS_DOTPROD_H

// Integer products with the dot product instructions of Armv8.2: four products a lane.

#define CK_ARM_EXTENSIONS "arch=armv8.2-a+dotprod"
#include "../neon.h"

#define CK_PRODUCT(type) ck_##type##_multiply_dotprod

#include "sdot.h"

/// Adds the products of a word of each of four rows with word `lane` of 16 activations to the rows' sums.
#define CK_DOT_LANE(sums, words, activations, lane) vdotq_laneq_s32(sums, words, activations, lane)

#include "words.h"

#endif
