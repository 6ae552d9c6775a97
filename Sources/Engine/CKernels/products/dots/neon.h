#ifndef CK_DOTS_NEON_H
#define CK_DOTS_NEON_H

// Begins the set "neon": integer products with what every arm64 CPU has. Weights may be -128, activations not: two
// products fit in 16 bits.

#include "../neon.h"

#undef CK_OF_SET
#undef CK_TARGET_BEGIN
#undef CK_TARGET_END
#define CK_OF_SET(name) name##_neon
#define CK_TARGET_BEGIN
#define CK_TARGET_END

/// Adds the products of 16 codes, of one row, to the four parts of a sum.
CK_INLINE int32x4_t CK_OF_SET(ck_dot)(int32x4_t sum, int8x16_t weights, int8x16_t activations) {
    int16x8_t products = vmull_s8(vget_low_s8(weights), vget_low_s8(activations));
    return vpadalq_s16(sum, vmlal_high_s8(products, weights, activations));
}

/// Adds the products of a word of each of four rows with the same four activations, repeated, to the rows' sums.
CK_INLINE int32x4_t ck_dot_word(int32x4_t sums, int8x16_t words, int8x16_t activations) {
    int16x8_t low = vmull_s8(vget_low_s8(words), vget_low_s8(activations));
    return vpadalq_s16(sums, vpaddq_s16(low, vmull_high_s8(words, activations)));
}

#undef CK_DOT_LANE
/// The same with word `lane` of 16 activations.
#define CK_DOT_LANE(sums, words, activations, lane)                                                                    \
    ck_dot_word(sums, words, vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(activations), lane)))

#include "words.h"

#endif
