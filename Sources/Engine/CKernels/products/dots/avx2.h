#ifndef CK_DOTS_AVX2_H
#define CK_DOTS_AVX2_H

// Integer products with AVX2: pairs of products are sums of 16 bits.

#if defined(CK_PRODUCT)
#error "A file for x86 has the products of one header of dots/"
#endif

#include "../avx2_rows.h"

#define CK_PRODUCT(type) ck_##type##_multiply_avx2

CK_TARGET_BEGIN

/// Sums of products of 32 codes of eight rows with as many of activations.
CK_INLINE __m256i ck_dots_of_rows(const __m256i *weights, __m256i activations, const ck_codes_avx2 codes) {
    __m256i products[CK_ROWS];
    for (int r = 0; r < CK_ROWS; r++) {
        products[r] = ck_multiply_codes_avx2(weights[r], activations, codes.are_signed);
    }
    return codes.run < 4 ? ck_sum_products_avx2(products) : ck_sum_small_products_avx2(products);
}

/// Adds scale × the products of `words` words of 16 rows with `columns` columns of activations, 3 or fewer, to `totals`.
/// The scales are there twice, as 16-bit numbers; NULL means 1. All but pointers and `offset` are constants.
CK_INLINE void ck_dot_words(const uint32_t (*weights)[16], const int words, const int8_t *const *activations,
                            size_t offset, const int columns, const ck_codes_avx2 codes, const uint32_t *scales,
                            __m256i (*totals)[3]) {
    __m256i scale[2];
    for (int v = 0; v < 2; v++) scale[v] = scales == NULL ? _mm256_set1_epi16(1) : ck_load256(scales + 8 * v);
#pragma unroll
    for (int k = 0; k < words; k += codes.run) {
        __m256i sums[2][3];
#pragma unroll
        for (int i = k; i < k + codes.run; i++) {
            __m256i word[2] = {ck_load256(weights[i]), ck_load256(weights[i] + 8)};
#pragma unroll
            for (int c = 0; c < columns; c++) {
                __m256i activation = ck_broadcast32(activations[c] + offset + 4 * i);
#pragma unroll
                for (int v = 0; v < 2; v++) {
                    __m256i products = ck_multiply_codes_avx2(word[v], activation, codes.are_signed);
                    sums[v][c] = i == k ? products : _mm256_add_epi16(sums[v][c], products);
                }
            }
        }
#pragma unroll
        for (int c = 0; c < columns; c++) {
#pragma unroll
            for (int v = 0; v < 2; v++) {
                totals[v][c] = _mm256_add_epi32(totals[v][c], _mm256_madd_epi16(sums[v][c], scale[v]));
            }
        }
    }
}

CK_TARGET_END

#endif
