#ifndef CK_MAP_H
#define CK_MAP_H

// Functions of single elements, from functions of vectors. Included after the vectors of an instruction set.

#include <string.h>

CK_TARGET_BEGIN

/// Numbers that are the same for all elements.
typedef struct {
    float first, second;
} ck_constants;

typedef ck_vector ck_function(ck_vector a, ck_vector b, ck_constants constants);

/// out[i] = function(a[i], b[i]); `out` may be `a` or `b`. `function` is a constant.
CK_INLINE void ck_map(size_t n, const float *a, const float *b, ck_constants constants, ck_function *function,
                      float *out) {
    size_t i = 0;
    for (; i + CK_LANES <= n; i += CK_LANES) ck_store(out + i, function(ck_load(a + i), ck_load(b + i), constants));
    if (i == n) return;
    float rest[3][CK_LANES] = {{0}};
    memcpy(rest[0], a + i, (n - i) * sizeof(float));
    memcpy(rest[1], b + i, (n - i) * sizeof(float));
    ck_store(rest[2], function(ck_load(rest[0]), ck_load(rest[1]), constants));
    memcpy(out + i, rest[2], (n - i) * sizeof(float));
}

CK_TARGET_END

#endif
