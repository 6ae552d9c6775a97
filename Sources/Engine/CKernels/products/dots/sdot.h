// What sets with dot product instructions share. Included once for each, by its header.

CK_TARGET_BEGIN

/// Adds the products of 16 codes, of one row, to the four parts of a sum.
CK_INLINE int32x4_t CK_OF_SET(ck_dot)(int32x4_t sum, int8x16_t weights, int8x16_t activations) {
    return vdotq_s32(sum, weights, activations);
}

CK_TARGET_END
