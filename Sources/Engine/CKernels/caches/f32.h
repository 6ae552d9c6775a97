#ifndef CK_CACHES_F32_H
#define CK_CACHES_F32_H

// Floats as they are: keys [width][32 tokens], values [32 tokens][width].

#include <string.h>

CK_TARGET_BEGIN

CK_INLINE size_t ck_f32_slice_bytes(size_t width) { return CK_CACHE_TOKENS * width * sizeof(float); }

CK_INLINE void ck_f32_store_key(size_t width, const float *key, size_t token, void *slice) {
    float *out = (float *)slice + token;
    for (size_t i = 0; i < width; i++) out[i * CK_CACHE_TOKENS] = key[i];
}

CK_INLINE void ck_f32_store_value(size_t width, const float *value, size_t token, void *slice) {
    memcpy((float *)slice + token * width, value, width * sizeof(float));
}

CK_INLINE float ck_f32_key(const void *slice, size_t width, size_t element, size_t token) {
    (void)width;
    return ((const float *)slice)[element * CK_CACHE_TOKENS + token];
}

CK_INLINE float ck_f32_value(const void *slice, size_t width, size_t token, size_t element) {
    return ((const float *)slice)[token * width + element];
}

#if defined(CK_LANES)

CK_INLINE ck_vector ck_f32_keys(const void *slice, size_t width, size_t element, size_t token) {
    (void)width;
    return ck_load((const float *)slice + element * CK_CACHE_TOKENS + token);
}

CK_INLINE ck_vector ck_f32_values(const void *slice, size_t width, size_t token, size_t element) {
    return ck_load((const float *)slice + token * width + element);
}

#endif

CK_TARGET_END

#endif
