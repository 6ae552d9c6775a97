#ifndef CK_DOTS_AVX_VNNI_H
#define CK_DOTS_AVX_VNNI_H

// Integer products with AVX-VNNI, of CPUs that have no AVX-512: four products of unsigned and signed bytes a lane. With
// few columns K-quants are as fast with AVX2.
// CK_AVX_VNNI_AS_EVEX compiles the same code for the encoding of AVX-512, so that it can be tested where only that is.

#if defined(CK_PRODUCT)
#error "A file for x86 has the products of one header of dots/"
#endif

#define CK_PRAGMA(text) _Pragma(#text)
#if defined(CK_AVX_VNNI_AS_EVEX)
#define CK_TARGET_BEGIN                                                                                                \
    CK_PRAGMA(clang attribute push(__attribute__((target("avx2,fma,f16c,avx512vl,avx512vnni"))), apply_to = function))
#define CK_DPBUSD _mm256_dpbusd_epi32
#else
#define CK_TARGET_BEGIN                                                                                                \
    CK_PRAGMA(clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function))
#define CK_DPBUSD _mm256_dpbusd_avx_epi32
#endif

#include "../avx2_rows.h"

#define CK_PRODUCT(type) ck_##type##_multiply_avx_vnni

CK_TARGET_BEGIN

/// Sums of products of 32 codes of eight rows, unsigned, with as many of activations.
CK_INLINE __m256i ck_dots_of_rows(const __m256i *weights, __m256i activations, const ck_codes_avx2 codes) {
    (void)codes;
    __m256i dots[CK_ROWS];
    for (int r = 0; r < CK_ROWS; r++) dots[r] = CK_DPBUSD(_mm256_setzero_si256(), weights[r], activations);
    return ck_sum_rows_avx2(dots);
}

/// Adds scale × the products of `words` words of 16 rows, unsigned, with `columns` columns of activations, 3 or fewer,
/// to `totals`. The scales are there twice, as 16-bit numbers; NULL means 1. The counts are constants.
CK_INLINE void ck_dot_words(const uint32_t (*weights)[16], const int words, const int8_t *const *activations,
                            size_t offset, const int columns, const ck_codes_avx2 codes, const uint32_t *scales,
                            __m256i (*totals)[3]) {
    (void)codes;
    __m256i dots[2][3];
#pragma unroll
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 2; v++) dots[v][c] = scales == NULL ? totals[v][c] : _mm256_setzero_si256();
    }
#pragma unroll
    for (int k = 0; k < words; k++) {
        __m256i word[2] = {ck_load256(weights[k]), ck_load256(weights[k] + 8)};
#pragma unroll
        for (int c = 0; c < columns; c++) {
            __m256i activation = ck_broadcast32(activations[c] + offset + 4 * k);
#pragma unroll
            for (int v = 0; v < 2; v++) dots[v][c] = CK_DPBUSD(dots[v][c], word[v], activation);
        }
    }
#pragma unroll
    for (int v = 0; v < 2; v++) {
        __m256i scale = scales == NULL ? _mm256_setzero_si256() : _mm256_srai_epi32(ck_load256(scales + 8 * v), 16);
#pragma unroll
        for (int c = 0; c < columns; c++) {
            totals[v][c] = scales == NULL ? dots[v][c]
                                          : _mm256_add_epi32(totals[v][c], _mm256_mullo_epi32(dots[v][c], scale));
        }
    }
}

CK_TARGET_END

#endif
