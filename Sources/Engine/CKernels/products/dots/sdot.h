#ifndef CK_DOTS_SDOT_H
#define CK_DOTS_SDOT_H

CK_TARGET_BEGIN

/// Adds the products of 16 codes, of one row, to the four parts of a sum.
CK_INLINE int32x4_t ck_dot(int32x4_t sum, int8x16_t weights, int8x16_t activations) {
    return vdotq_s32(sum, weights, activations);
}

CK_TARGET_END

#endif
