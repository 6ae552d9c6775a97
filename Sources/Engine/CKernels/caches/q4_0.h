#ifndef CK_CACHES_Q4_0_H
#define CK_CACHES_Q4_0_H

// Blocks of 32 elements of a token: value = scale × (code of 4 bits - 8).
// Keys: bytes [width / 2][32 tokens], each of two adjacent elements, the first in its low half; then scales in f16
// [width / 32][32 tokens]. Values: bytes [32 tokens][width / 32][16], each of the elements i and i + 16 of a block, the
// first in its low half; then scales in f16 [32 tokens][width / 32].

CK_TARGET_BEGIN

CK_INLINE size_t ck_q4_0_slice_bytes(size_t width) { return width * 18; }

CK_INLINE uint16_t *ck_q4_0_scales(const void *slice, size_t width) { return (uint16_t *)((char *)slice + 16 * width); }

/// Codes of 32 elements. The one of largest magnitude becomes -8 × scale.
/// Elements that are not finite make the scale infinite or NaN.
CK_INLINE void ck_q4_0_quantize(const float *in, uint16_t *scale, uint8_t codes[32]) {
    float largest = 0;
    for (size_t i = 0; i < 32; i++) largest = ck_magnitude(in[i]) > ck_magnitude(largest) ? in[i] : largest;
    float rounded = ck_store_scale(32, in, largest / -8, scale), inverse = ck_inverse(rounded);
    for (size_t i = 0; i < 32; i++) codes[i] = (uint8_t)(ck_nearest(in[i] * inverse, -8, 7) + 8);
}

CK_INLINE void ck_q4_0_store_key(size_t width, const float *key, size_t token, void *slice) {
    uint8_t codes[32], *out = (uint8_t *)slice + token;
    for (size_t i = 0; i < width; i += 32) {
        ck_q4_0_quantize(key + i, ck_q4_0_scales(slice, width) + i + token, codes);
        for (size_t pair = 0; pair < 16; pair++) {
            out[(i / 2 + pair) * CK_CACHE_TOKENS] = (uint8_t)(codes[2 * pair] | codes[2 * pair + 1] << 4);
        }
    }
}

CK_INLINE void ck_q4_0_store_value(size_t width, const float *value, size_t token, void *slice) {
    uint8_t codes[32], *out = (uint8_t *)slice + token * width / 2;
    for (size_t i = 0; i < width; i += 32) {
        ck_q4_0_quantize(value + i, ck_q4_0_scales(slice, width) + (token * width + i) / 32, codes);
        for (size_t e = 0; e < 16; e++) out[i / 2 + e] = (uint8_t)(codes[e] | codes[e + 16] << 4);
    }
}

CK_INLINE float ck_q4_0_key(const void *slice, size_t width, size_t element, size_t token) {
    float scale = ck_half_to_float(ck_q4_0_scales(slice, width)[element / 32 * CK_CACHE_TOKENS + token]);
    int byte = ((const uint8_t *)slice)[element / 2 * CK_CACHE_TOKENS + token];
    return scale * (float)((byte >> 4 * (element % 2) & 15) - 8);
}

CK_INLINE float ck_q4_0_value(const void *slice, size_t width, size_t token, size_t element) {
    size_t block = (token * width + element) / 32;
    int byte = ((const uint8_t *)slice)[16 * block + element % 16];
    return ck_half_to_float(ck_q4_0_scales(slice, width)[block]) * (float)((byte >> element % 32 / 16 * 4 & 15) - 8);
}

#if defined(CK_LANES)

CK_INLINE ck_vector ck_q4_0_keys(const void *slice, size_t width, size_t element, size_t token) {
    const uint16_t *scales = ck_q4_0_scales(slice, width) + element / 32 * CK_CACHE_TOKENS + token;
    const uint8_t *bytes = (const uint8_t *)slice + element / 2 * CK_CACHE_TOKENS + token;
    return ck_multiply(ck_vector_of_halves(scales), ck_vector_of_nibbles(bytes, element % 2 * 4, -8));
}

CK_INLINE ck_vector ck_q4_0_values(const void *slice, size_t width, size_t token, size_t element) {
    size_t block = (token * width + element) / 32;
    ck_vector scale = ck_vector_of(ck_half_to_float(ck_q4_0_scales(slice, width)[block]));
    const uint8_t *bytes = (const uint8_t *)slice + 16 * block + element % 16;
    return ck_multiply(scale, ck_vector_of_nibbles(bytes, element % 32 / 16 * 4, -8));
}

#endif

CK_TARGET_END

#endif
