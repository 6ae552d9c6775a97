#ifndef CK_DOTS_DOTPROD_H
#define CK_DOTS_DOTPROD_H

// Begins the set "dotprod": integer products with the dot product instructions of Armv8.2: four products a lane.

#include "../neon.h"

#undef CK_OF_SET
#undef CK_TARGET_BEGIN
#undef CK_TARGET_END
#define CK_OF_SET(name) name##_dotprod
#define CK_TARGET_BEGIN CK_EXTENSIONS_BEGIN("arch=armv8.2-a+dotprod")
#define CK_TARGET_END CK_EXTENSIONS_END

#include "sdot.h"

#undef CK_DOT_LANE
/// Adds the products of a word of each of four rows with word `lane` of 16 activations to the rows' sums.
#define CK_DOT_LANE(sums, words, activations, lane) vdotq_laneq_s32(sums, words, activations, lane)

#include "words.h"

#endif
