#ifndef CK_AVX512_H
#define CK_AVX512_H

// What every AVX-512 file begins with. In microtiles of products with many columns one vector is a word of each of the
// 16 rows of a panel; panels are unpacked as for AVX2.

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

#include "panel.h"

/// Columns of microtiles that one vector of rows passes over, and of those that two, or more, do.
enum { CK_MICROTILE_COLUMNS_AVX512 = 8, CK_NARROW_COLUMNS_AVX512 = 6 };
/// Does `microtile(column, count)`, a statement, with `count`, 1 or more and up to 6 or 8, as a constant.
#define CK_SWITCH_COLUMNS_AVX512(column, count, microtile)                                                             \
    switch (count) {                                                                                                   \
        CK_CASES_OF_NARROW_MICROTILES(column, microtile)                                                               \
    case 7: microtile(column, 7) break;                                                                                \
    case 8: microtile(column, 8) break;                                                                                \
    }
#define CK_SWITCH_NARROW_COLUMNS_AVX512(column, count, microtile)                                                      \
    switch (count) { CK_CASES_OF_NARROW_MICROTILES(column, microtile) }
#define CK_CASES_OF_NARROW_MICROTILES(column, microtile)                                                               \
    case 1: microtile(column, 1) break;                                                                                \
    case 2: microtile(column, 2) break;                                                                                \
    case 3: microtile(column, 3) break;                                                                                \
    case 4: microtile(column, 4) break;                                                                                \
    case 5: microtile(column, 5) break;                                                                                \
    case 6: microtile(column, 6) break;

/// Does it for all columns of a product, in narrow microtiles.
#define CK_FOR_NARROW_MICROTILES_AVX512(product, microtile)                                                            \
    for (size_t column = 0, count; column < (product)->columns; column += count) {                                     \
        count = ck_columns_of_microtile_avx512((product)->columns - column, CK_NARROW_COLUMNS_AVX512);                 \
        CK_SWITCH_NARROW_COLUMNS_AVX512(column, count, microtile)                                                      \
    }

CK_TARGET_BEGIN

/// Columns of the next microtile where `left` are left: as few microtiles of `most` or fewer as can be, of about as many
/// each.
CK_INLINE size_t ck_columns_of_microtile_avx512(size_t left, const size_t most) {
    const size_t microtiles = (left + most - 1) / most;
    return (left + microtiles - 1) / microtiles;
}

/// Adds the products of `words` words of one panel or two, from word `first` on, with `columns` columns of activations
/// to `dots`. `panel_count`, `words` and `columns` are constants. A word of activations serves both panels.
CK_INLINE void ck_dot_words_avx512(const ck_panel *panels, const int panel_count, size_t first, const int words,
                                   const int8_t *const *activations, const int columns, __m512i (*dots)[2]) {
#pragma unroll
    for (int k = 0; k < words; k++) {
        __m512i codes[2];
        for (int v = 0; v < panel_count; v++) codes[v] = _mm512_load_si512(panels[v].codes[first + (size_t)k]);
#pragma unroll
        for (int c = 0; c < columns; c++) {
            int four;
            memcpy(&four, activations[c] + 4 * (first + (size_t)k), sizeof four);
            __m512i activation = _mm512_set1_epi32(four);
            for (int v = 0; v < panel_count; v++) dots[c][v] = _mm512_dpbusd_epi32(dots[c][v], codes[v], activation);
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

/// ck_<type>_multiply_avx512, and `multiply_many(product, together, fill)`, which fills panels and multiplies them by
/// `microtile_panels`, one or two at a time.
#define CK_MULTIPLY_INTEGERS_AVX512(type, multiply_few, fill_panel, microtile_panels, shape, read)                     \
    CK_FILL_INTEGERS(fill_panel, shape, read)                                                                          \
    CK_INLINE void microtile_columns(const ck_panel *panels, const int panel_count, const ck_product *product,         \
                                     size_t first_column, const int columns, ck_elements part, float *sums) {          \
        microtile_panels(panels, panel_count, product, first_column, columns, shape, part, sums);                      \
    }                                                                                                                  \
    CK_MICROTILE_INTEGERS_AVX512(microtile_of_1, 1, CK_MICROTILE_COLUMNS_AVX512, CK_SWITCH_COLUMNS_AVX512)             \
    CK_MICROTILE_INTEGERS_AVX512(microtile_of_2, 2, CK_NARROW_COLUMNS_AVX512, CK_SWITCH_NARROW_COLUMNS_AVX512)         \
    CK_INLINE void multiply_many(const ck_product *product, const size_t together, ck_fill_panel fill) {               \
        if (product->tuning.pairs_panels) {                                                                            \
            ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, together, fill, 2, microtile_of_2);                    \
        } else {                                                                                                       \
            ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, together, fill, 1, microtile_of_1);                    \
        }                                                                                                              \
    }                                                                                                                  \
    CK_MULTIPLY_FEW_OR_MANY(ck_##type##_multiply_avx512, multiply_few(product), multiply_many(product, 1, fill))

/// `name`, a microtile of `panel_count` panels, 1 or 2, by `most` columns or fewer, from `microtile_columns`.
#define CK_MICROTILE_INTEGERS_AVX512(name, panel_count, most, switch_columns)                                          \
    static size_t name(const ck_panel *panels, const ck_product *product, size_t first_column, size_t limit,           \
                       ck_elements part, float *sums) {                                                                \
        const size_t columns = ck_columns_of_microtile_avx512(limit, most);                                            \
        switch_columns(first_column, columns, CK_MICROTILE_OF_##panel_count)                                           \
        return columns;                                                                                                \
    }
#define CK_MICROTILE_OF_1(column, count) microtile_columns(panels, 1, product, column, count, part, sums);
#define CK_MICROTILE_OF_2(column, count) microtile_columns(panels, 2, product, column, count, part, sums);

#endif
