#ifndef CK_FORMATS_H
#define CK_FORMATS_H

// The list of quantization types. A new one is a folder here and a row below.

#include "../include/ckernels.h"

/// X(type, GGUF id, elements a block, bytes a block, activation, the order of packed words, and for each table the
/// instruction set whose ck_<type>_multiply_<set> it uses).
/// type    id  block bytes activation order  avx2  avx_vnni  avx512  neon  dotprod  i8mm
#define CK_FORMATS(X)                                                                                                  \
    X(f32,   0,   1,   4, float32,  as_is,  avx2, avx2,     avx512, neon, neon,    neon)                               \
    X(f16,   1,   1,   2, float32,  as_is,  avx2, avx2,     avx512, neon, neon,    neon)                               \
    X(bf16, 30,   1,   2, float32,  as_is,  avx2, avx2,     avx512, neon, neon,    neon)                               \
    X(q4_0,  2,  32,  18, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q4_1,  3,  32,  20, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q5_0,  6,  32,  22, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q5_1,  7,  32,  24, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q8_0,  8,  32,  34, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q2_k, 10, 256,  84, int8_256, by_use, avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q3_k, 11, 256, 110, int8_256, by_use, avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q4_k, 12, 256, 144, int8_256, as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q5_k, 13, 256, 176, int8_256, as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(q6_k, 14, 256, 210, int8_256, by_use, avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(iq4_nl, 20, 32, 18, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)                               \
    X(iq4_xs, 23, 256, 136, int8_256, as_is, avx2, avx_vnni, avx512, neon, dotprod, i8mm)                              \
    X(mxfp4, 39, 32,  17, int8_32,  as_is,  avx2, avx_vnni, avx512, neon, dotprod, i8mm)

#define CK_DECLARE(type, ...)                                                                                          \
    extern const ck_piece ck_##type##_packed_order[];                                                                  \
    void ck_##type##_dequantize(size_t n, const void *blocks, float *out);                                             \
    void ck_##type##_multiply_generic(const ck_product *product);                                                      \
    void ck_##type##_multiply_avx2(const ck_product *product);                                                         \
    void ck_##type##_multiply_packed_avx2(const ck_product *product);                                                  \
    void ck_##type##_multiply_avx_vnni(const ck_product *product);                                                     \
    void ck_##type##_multiply_avx512(const ck_product *product);                                                       \
    void ck_##type##_multiply_packed_avx512(const ck_product *product);                                                \
    void ck_##type##_multiply_neon(const ck_product *product);                                                         \
    void ck_##type##_multiply_dotprod(const ck_product *product);                                                      \
    void ck_##type##_multiply_i8mm(const ck_product *product);
CK_FORMATS(CK_DECLARE)
#undef CK_DECLARE

/// Products of BF16 with columns of BF16, the kind "bfloat16".
void ck_bf16_multiply_generic_bf16(const ck_product *product);
void ck_bf16_multiply_avx512_bf16(const ck_product *product);

/// The generic product: one dot product for each element of the result.
static inline void ck_multiply_by_dots(const ck_product *product,
                                       float (*dot)(size_t n, const void *row, const void *column)) {
    for (size_t r = 0; r < product->rows; r++) {
        const char *row = (const char *)product->weights + r * product->weight_stride;
        for (size_t c = 0; c < product->columns; c++) {
            const char *column = (const char *)product->activations + c * product->activation_stride;
            product->out[c * product->out_stride + r] = dot(product->n, row, column);
        }
    }
}

#endif
