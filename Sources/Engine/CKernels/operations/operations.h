#ifndef CK_OPERATIONS_H
#define CK_OPERATIONS_H

// The operations. What vectors make fast is written once, in a header named vectors.h, which avx2.c and neon.c here
// compile for their instruction sets.

#include "../include/ckernels.h"

/// The functions of one instruction set, by the names of ck_operations.
#define CK_DECLARE_OPERATIONS(set)                                                                                     \
    void ck_rms_norm_##set(size_t n, const float *in, const float *weight, float epsilon, float *out);                 \
    void ck_layer_norm_##set(size_t n, const float *in, const float *weight, const float *bias, float epsilon,         \
                             float *out);                                                                              \
    void ck_rope_##set(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,        \
                       const float *sines, const float *in, float *out);                                               \
    extern const ck_unary ck_activate_##set[CK_ACTIVATIONS];                                                           \
    extern const ck_binary ck_gate_##set[CK_ACTIVATIONS];                                                              \
    void ck_clamped_swiglu_##set(size_t n, const float *gate, const float *up, float alpha, float limit, float *out);  \
    void ck_softcap_##set(size_t n, const float *in, float cap, float *out);                                           \
    void ck_add_##set(size_t n, const float *a, const float *b, float *out);                                           \
    void ck_multiply_##set(size_t n, const float *a, const float *b, float *out);                                      \
    void ck_scale_##set(size_t n, const float *in, float factor, float *out);                                          \
    void ck_clamp_##set(size_t n, const float *in, float low, float high, float *out);                                 \
    void ck_convolve_##set(const ck_convolution *task);                                                                \
    void ck_scan_##set(const ck_scan *task);                                                                           \
    uint64_t ck_sum_bytes_##set(size_t n, const uint8_t *bytes);
CK_DECLARE_OPERATIONS(generic)
CK_DECLARE_OPERATIONS(avx2)
CK_DECLARE_OPERATIONS(neon)

#endif
