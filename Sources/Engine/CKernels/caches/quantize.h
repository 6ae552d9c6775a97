#ifndef CK_CACHES_QUANTIZE_H
#define CK_CACHES_QUANTIZE_H

// What the quantized types share when they store. Needs the conversions of an instruction set.

CK_TARGET_BEGIN

CK_INLINE float ck_magnitude(float x) { return x < 0 ? -x : x; }

/// Stores `scale` in f16, or NaN where one of `n` elements is not finite. Returns what was stored.
CK_INLINE float ck_store_scale(size_t n, const float *in, float scale, uint16_t *out) {
    for (size_t i = 0; i < n; i++) scale += in[i] - in[i];  // zero, or NaN where it is not finite
    ck_halves_of_floats(1, &scale, out);
    return ck_half_to_float(*out);
}

/// 1 / scale, or zero where it is not finite.
CK_INLINE float ck_inverse(float scale) {
    float inverse = 1 / scale;
    return inverse - inverse == 0 ? inverse : 0;
}

/// The nearest whole number from `lowest` to `highest`; some number for NaN.
CK_INLINE int ck_nearest(float x, float lowest, float highest) {
    float bounded = x > lowest ? (x < highest ? x : highest) : lowest;
    return (int)(bounded + (bounded < 0 ? -0.5f : 0.5f));
}

CK_TARGET_END

#endif
