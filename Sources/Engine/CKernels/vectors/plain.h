#ifndef CK_VECTORS_PLAIN_H
#define CK_VECTORS_PLAIN_H

// No instruction set: what the code that is shared with the others needs in its place.

#include "../half.h"

#include <stddef.h>

#define CK_TARGET_BEGIN
#define CK_TARGET_END
#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE float ck_half_to_float(uint16_t half) { return ck_float_of_half(half); }

CK_INLINE void ck_halves_of_floats(size_t n, const float *in, uint16_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = ck_half_of_float(in[i]);
}

#endif
