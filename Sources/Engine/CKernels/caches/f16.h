#ifndef CK_CACHES_F16_H
#define CK_CACHES_F16_H

// 16-bit floats: keys [width][32 tokens], values [32 tokens][width].

CK_TARGET_BEGIN

CK_INLINE size_t ck_f16_slice_bytes(size_t width) { return CK_CACHE_TOKENS * width * sizeof(uint16_t); }

CK_INLINE void ck_f16_store_key(size_t width, const float *key, size_t token, void *slice) {
    uint16_t halves[16], *out = (uint16_t *)slice + token;
    for (size_t i = 0; i < width; i += 16) {
        size_t count = width - i < 16 ? width - i : 16;
        ck_halves_of_floats(count, key + i, halves);
        for (size_t e = 0; e < count; e++) out[(i + e) * CK_CACHE_TOKENS] = halves[e];
    }
}

CK_INLINE void ck_f16_store_value(size_t width, const float *value, size_t token, void *slice) {
    ck_halves_of_floats(width, value, (uint16_t *)slice + token * width);
}

CK_INLINE float ck_f16_key(const void *slice, size_t width, size_t element, size_t token) {
    (void)width;
    return ck_half_to_float(((const uint16_t *)slice)[element * CK_CACHE_TOKENS + token]);
}

CK_INLINE float ck_f16_value(const void *slice, size_t width, size_t token, size_t element) {
    return ck_half_to_float(((const uint16_t *)slice)[token * width + element]);
}

#if defined(CK_LANES)

CK_INLINE ck_vector ck_f16_keys(const void *slice, size_t width, size_t element, size_t token) {
    (void)width;
    return ck_vector_of_halves((const uint16_t *)slice + element * CK_CACHE_TOKENS + token);
}

CK_INLINE ck_vector ck_f16_values(const void *slice, size_t width, size_t token, size_t element) {
    return ck_vector_of_halves((const uint16_t *)slice + token * width + element);
}

#endif

CK_TARGET_END

#endif
