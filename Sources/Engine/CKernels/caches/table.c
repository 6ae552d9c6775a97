#include "../vectors/plain.h"

#include "caches.h"
#include "table.h"

#define DECLARE_SET(set)                                                                                               \
    size_t ck_attend_scratch_##set(size_t rows, size_t heads, size_t key_width, size_t value_width,                    \
                                   size_t block_tokens);                                                               \
    size_t ck_attend_record_##set(size_t value_width);
#define DECLARE(type, set)                                                                                             \
    void ck_##type##_store_key_##set(size_t width, const float *key, size_t token, void *slice);                       \
    void ck_##type##_store_value_##set(size_t width, const float *value, size_t token, void *slice);                   \
    void ck_##type##_attend_##set(const ck_attention *task);                                                           \
    void ck_##type##_merge_##set(const ck_attention *task);
#define ROW(type, unit, rotates, set, store_set)                                                                       \
    {#type,                                                                                                            \
     unit,                                                                                                             \
     rotates,                                                                                                          \
     type##_slice_bytes,                                                                                               \
     ck_##type##_store_key_##store_set,                                                                                \
     ck_##type##_store_value_##store_set,                                                                              \
     ck_attend_scratch_##set,                                                                                          \
     ck_attend_record_##set,                                                                                           \
     ck_##type##_attend_##set,                                                                                         \
     ck_##type##_merge_##set},

#define SLICE_BYTES(type, unit, rotates)                                                                               \
    static size_t type##_slice_bytes(size_t width) { return ck_##type##_slice_bytes(width); }
CK_CACHES(SLICE_BYTES)

DECLARE_SET(generic)
#define DECLARE_TYPE(type, unit, rotates) DECLARE(type, generic)
CK_CACHES(DECLARE_TYPE)
#undef DECLARE_TYPE
#define TYPE(type, unit, rotates) ROW(type, unit, rotates, generic, generic)
const ck_cache ck_caches_generic[] = {CK_CACHES(TYPE){0}};
#undef TYPE

#if defined(__x86_64__)

DECLARE_SET(avx2)
DECLARE_SET(avx512)
#define DECLARE_TYPE(type, unit, rotates) DECLARE(type, avx2) DECLARE(type, avx512)
CK_CACHES(DECLARE_TYPE)
#undef DECLARE_TYPE
#define TYPE(type, unit, rotates) ROW(type, unit, rotates, avx2, avx2)
const ck_cache ck_caches_avx2[] = {CK_CACHES(TYPE){0}};
#undef TYPE
#define TYPE(type, unit, rotates) ROW(type, unit, rotates, avx512, avx2)
const ck_cache ck_caches_avx512[] = {CK_CACHES(TYPE){0}};
#undef TYPE

#endif

#if defined(__aarch64__)

DECLARE_SET(neon)
#define DECLARE_TYPE(type, unit, rotates) DECLARE(type, neon)
CK_CACHES(DECLARE_TYPE)
#undef DECLARE_TYPE
#define TYPE(type, unit, rotates) ROW(type, unit, rotates, neon, neon)
const ck_cache ck_caches_neon[] = {CK_CACHES(TYPE){0}};
#undef TYPE

#endif
