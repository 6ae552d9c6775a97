#ifndef CK_CACHES_Q8_0_H
#define CK_CACHES_Q8_0_H

// Blocks of 32 elements of a token: value = scale × code of 8 bits.
// Keys: codes [width][32 tokens], then scales in f16 [width / 32][32 tokens].
// Values: codes [32 tokens][width], then scales in f16 [32 tokens][width / 32].

CK_TARGET_BEGIN

CK_INLINE size_t ck_q8_0_slice_bytes(size_t width) { return width * 34; }

CK_INLINE uint16_t *ck_q8_0_scales(const void *slice, size_t width) { return (uint16_t *)((char *)slice + 32 * width); }

/// Codes of 32 elements, `step` bytes apart. Elements that are not finite make the scale infinite or NaN.
CK_INLINE void ck_q8_0_quantize(const float *in, uint16_t *scale, int8_t *codes, size_t step) {
    float largest = 0;
    for (size_t i = 0; i < 32; i++) largest = ck_magnitude(in[i]) > largest ? ck_magnitude(in[i]) : largest;
    float rounded = ck_store_scale(32, in, largest / 127, scale), inverse = ck_inverse(rounded);
    for (size_t i = 0; i < 32; i++) codes[i * step] = (int8_t)ck_nearest(in[i] * inverse, -127, 127);
}

CK_INLINE void ck_q8_0_store_key(size_t width, const float *key, size_t token, void *slice) {
    for (size_t i = 0; i < width; i += 32) {
        ck_q8_0_quantize(key + i, ck_q8_0_scales(slice, width) + i + token,
                         (int8_t *)slice + i * CK_CACHE_TOKENS + token, CK_CACHE_TOKENS);
    }
}

CK_INLINE void ck_q8_0_store_value(size_t width, const float *value, size_t token, void *slice) {
    for (size_t i = 0; i < width; i += 32) {
        ck_q8_0_quantize(value + i, ck_q8_0_scales(slice, width) + (token * width + i) / 32,
                         (int8_t *)slice + token * width + i, 1);
    }
}

CK_INLINE float ck_q8_0_key(const void *slice, size_t width, size_t element, size_t token) {
    float scale = ck_half_to_float(ck_q8_0_scales(slice, width)[element / 32 * CK_CACHE_TOKENS + token]);
    return scale * (float)((const int8_t *)slice)[element * CK_CACHE_TOKENS + token];
}

CK_INLINE float ck_q8_0_value(const void *slice, size_t width, size_t token, size_t element) {
    size_t index = token * width + element;
    return ck_half_to_float(ck_q8_0_scales(slice, width)[index / 32]) * (float)((const int8_t *)slice)[index];
}

#if defined(CK_LANES)

CK_INLINE ck_vector ck_q8_0_keys(const void *slice, size_t width, size_t element, size_t token) {
    const uint16_t *scales = ck_q8_0_scales(slice, width) + element / 32 * CK_CACHE_TOKENS + token;
    const int8_t *codes = (const int8_t *)slice + element * CK_CACHE_TOKENS + token;
    return ck_multiply(ck_vector_of_halves(scales), ck_vector_of_bytes(codes));
}

CK_INLINE ck_vector ck_q8_0_values(const void *slice, size_t width, size_t token, size_t element) {
    size_t index = token * width + element;
    ck_vector scale = ck_vector_of(ck_half_to_float(ck_q8_0_scales(slice, width)[index / 32]));
    return ck_multiply(scale, ck_vector_of_bytes((const int8_t *)slice + index));
}

#endif

CK_TARGET_END

#endif
