#ifndef CK_AVX512_H
#define CK_AVX512_H

// What every AVX-512 file begins with. In tiles of products with many columns one vector is a word of each of the 16 rows
// of a panel; panels are unpacked as for AVX2.

#ifndef CK_AVX512_MORE
#define CK_AVX512_MORE ""  // extensions that the file uses besides
#endif
#define CK_PRAGMA(text) _Pragma(#text)
#define CK_PUSH_TARGET(more)                                                                                           \
    CK_PRAGMA(clang attribute push(                                                                                    \
        __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni" more))),                   \
        apply_to = function))
#define CK_TARGET_BEGIN CK_PUSH_TARGET(CK_AVX512_MORE)

#include "avx2.h"

/// Columns of a tile, and a switch that calls `tile` with their number as a constant.
enum { CK_TILE_COLUMNS_AVX512 = 8 };
#define CK_SWITCH_COLUMNS_AVX512(limit, tile)                                                                          \
    switch (limit) {                                                                                                   \
    case 1: tile(1); return 1;                                                                                         \
    case 2: tile(2); return 2;                                                                                         \
    case 3: tile(3); return 3;                                                                                         \
    case 4: tile(4); return 4;                                                                                         \
    case 5: tile(5); return 5;                                                                                         \
    case 6: tile(6); return 6;                                                                                         \
    case 7: tile(7); return 7;                                                                                         \
    default: tile(8); return 8;                                                                                        \
    }

/// Columns of tiles that two rows of vectors, or more, pass over.
enum { CK_EVEN_COLUMNS_AVX512 = 6 };
/// Does `tile(column, count)`, a statement, for all columns of a product. `count` is a constant; tiles are about as wide.
#define CK_FOR_EVEN_TILES_AVX512(product, tile)                                                                        \
    for (size_t column = 0, count; column < (product)->columns; column += count) {                                     \
        const size_t left = (product)->columns - column;                                                               \
        const size_t tiles = (left + CK_EVEN_COLUMNS_AVX512 - 1) / CK_EVEN_COLUMNS_AVX512;                             \
        count = (left + tiles - 1) / tiles;                                                                            \
        switch (count) {                                                                                               \
        case 1: tile(column, 1) break;                                                                                 \
        case 2: tile(column, 2) break;                                                                                 \
        case 3: tile(column, 3) break;                                                                                 \
        case 4: tile(column, 4) break;                                                                                 \
        case 5: tile(column, 5) break;                                                                                 \
        case 6: tile(column, 6) break;                                                                                 \
        }                                                                                                              \
    }

CK_TARGET_BEGIN

/// Adds the products of `words` words of 16 rows, four codes each, with `columns` columns of activations to `dots`.
/// Both counts are constants.
CK_INLINE void ck_dot_words_avx512(const uint32_t (*weights)[16], const int words, const int8_t *const *activations,
                                   size_t offset, const int columns, __m512i *dots) {
#pragma unroll
    for (int k = 0; k < words; k++) {
        __m512i word = _mm512_load_si512(weights[k]);
#pragma unroll
        for (int c = 0; c < columns; c++) {
            int activation;
            memcpy(&activation, activations[c] + offset + 4 * k, sizeof activation);
            dots[c] = _mm512_dpbusd_epi32(dots[c], word, _mm512_set1_epi32(activation));
        }
    }
}

/// Sums of the four 32-bit numbers of each lane of eight rows: element r of lane b of sums[h] is lane b of row 4h + r.
CK_INLINE void ck_sum_lanes_of_rows_avx512(const __m512i *rows, __m512i sums[2]) {
    __m512i pair[4];
    for (int i = 0; i < 4; i++) {
        pair[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]),
                                   _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]));
    }
    for (int i = 0; i < 2; i++) {
        sums[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(pair[2 * i], pair[2 * i + 1]),
                                   _mm512_unpackhi_epi64(pair[2 * i], pair[2 * i + 1]));
    }
}

CK_TARGET_END

#endif
