#ifndef CK_OPERATIONS_H
#define CK_OPERATIONS_H

#include "../include/ckernels.h"

/// The functions of one instruction set, by the names of ck_operations.
#define CK_DECLARE_OPERATIONS(set)                                                                                     \
    void ck_rms_norm_##set(size_t n, const float *in, const float *weight, float epsilon, float *out);                 \
    void ck_rope_##set(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,        \
                       const float *sines, const float *in, float *out);                                               \
    void ck_silu_multiply_##set(size_t n, const float *gate, const float *up, float *out);                             \
    void ck_add_##set(size_t n, const float *a, const float *b, float *out);                                           \
    uint64_t ck_sum_bytes_##set(size_t n, const uint8_t *bytes);
CK_DECLARE_OPERATIONS(generic)
CK_DECLARE_OPERATIONS(avx2)
CK_DECLARE_OPERATIONS(avx512)
CK_DECLARE_OPERATIONS(neon)

#endif
