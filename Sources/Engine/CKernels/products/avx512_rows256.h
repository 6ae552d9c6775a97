#ifndef CK_AVX512_ROWS256_H
#define CK_AVX512_ROWS256_H

// Products of the formats with blocks of 256 elements with few columns: eight rows at a time, one a lane, with the
// arithmetic of ck_add_block256_avx2 on integer sums that are made 64 codes at a time.

#include "avx512_blocks256.h"

/// What a format tells of a block of eight rows, but for its codes. Scales and minima are 16-bit, a sub-block each: of
/// four rows a vector where sub-blocks have 32 elements, of two where they have 16.
typedef struct {
    __m512i scales[4], minima[4];
    __m256 scale, minimum;  // a row each
} ck_head256_avx512;

/// `first`: the block of the first row; rows are `stride` bytes apart.
typedef void ck_read_head256_avx512(const char *first, size_t stride, ck_head256_avx512 *out);
/// The 256 codes of a block, 64 a vector, in the order that the format's layout tells.
typedef void ck_read_codes256_avx512(const void *block, __m512i out[4]);

/// The runs of 32 elements that lie in the halves of each vector of codes. Where bytes hold an element of one run in
/// their low and of another in their high halves, nothing is moved: the activations are read in the order of the codes.
typedef struct {
    uint8_t runs[4][2];
} ck_layout256_avx512;

CK_TARGET_BEGIN

/// 16 bytes from each of four rows.
CK_INLINE __m512i ck_lanes_of_rows_avx512(const char *first, size_t stride) {
    __m512i lanes = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)first));
    lanes = _mm512_inserti32x4(lanes, _mm_loadu_si128((const __m128i *)(first + stride)), 1);
    lanes = _mm512_inserti32x4(lanes, _mm_loadu_si128((const __m128i *)(first + 2 * stride)), 2);
    return _mm512_inserti32x4(lanes, _mm_loadu_si128((const __m128i *)(first + 3 * stride)), 3);
}

/// Sums of 16 32-bit numbers each of eight rows.
CK_INLINE __m256i ck_sum_rows_avx512(const __m512i *rows) {
    __m512i quad[2];
    ck_sum_lanes_of_rows_avx512(rows, quad);
    __m512i halves = _mm512_add_epi32(_mm512_shuffle_i32x4(quad[0], quad[1], 0x44),
                                      _mm512_shuffle_i32x4(quad[0], quad[1], 0xee));
    __m512i sums = _mm512_add_epi32(halves, _mm512_shuffle_i32x4(halves, halves, 0xb1));
    return _mm512_castsi512_si256(_mm512_shuffle_i32x4(sums, sums, 0x08));
}

/// Sums of four 32-bit numbers each of eight rows, four rows a vector.
CK_INLINE __m256i ck_sum_lanes_avx512(const __m512i *rows) {
    __m512i pairs = _mm512_add_epi32(_mm512_unpacklo_epi32(rows[0], rows[1]), _mm512_unpackhi_epi32(rows[0], rows[1]));
    __m512i sums = _mm512_add_epi32(pairs, _mm512_shuffle_epi32(pairs, 0x4e));
    // Element 0 of lane r is row r, element 1 row r + 4.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    return _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, sums));
}

/// Sums of eight 32-bit numbers each of eight rows, two rows a vector.
CK_INLINE __m256i ck_sum_halves_avx512(const __m512i *rows) {
    __m512i pair[2];
    for (int i = 0; i < 2; i++) {
        pair[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]),
                                   _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]));
    }
    __m512i quad =
        _mm512_add_epi32(_mm512_unpacklo_epi64(pair[0], pair[1]), _mm512_unpackhi_epi64(pair[0], pair[1]));
    // Lanes 0 and 1 add up to the sums of rows 0, 2, 4 and 6, lanes 2 and 3 to those of rows 1, 3, 5 and 7.
    __m512i sums = _mm512_add_epi32(quad, _mm512_shuffle_i32x4(quad, quad, 0xb1));
    const __m512i order = _mm512_setr_epi32(0, 8, 1, 9, 2, 10, 3, 11, 0, 0, 0, 0, 0, 0, 0, 0);
    return _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, sums));
}

/// Where in a row's scales those of the words of vector `v` are.
CK_INLINE __m512i ck_scale_places_avx512(const ck_layout256_avx512 layout, const int v, const int width) {
    const int low = layout.runs[v][0], high = layout.runs[v][1];
    if (width == 32) {
        return _mm512_inserti64x4(_mm512_set1_epi16((short)low), _mm256_set1_epi16((short)high), 1);
    }
    __m512i places = _mm512_castsi128_si512(_mm_set1_epi16((short)(2 * low)));
    places = _mm512_inserti32x4(places, _mm_set1_epi16((short)(2 * low + 1)), 1);
    places = _mm512_inserti32x4(places, _mm_set1_epi16((short)(2 * high)), 2);
    return _mm512_inserti32x4(places, _mm_set1_epi16((short)(2 * high + 1)), 3);
}

/// Sums of minima × sums of activations of eight rows with one column.
CK_INLINE __m256i ck_offsets_of_rows_avx512(const ck_head256_avx512 *head, const void *column, size_t n, size_t b,
                                            const int width) {
    __m512i products[4];
    if (width == 32) {
        const __m128i *sums = (const __m128i *)(ck_int8_256_sums32(column, n) + 8 * b);
        __m512i all = _mm512_broadcast_i32x4(_mm_loadu_si128(sums));
        for (int i = 0; i < 2; i++) products[i] = _mm512_madd_epi16(head->minima[i], all);
        return ck_sum_lanes_avx512(products);
    }
    __m512i all = _mm512_broadcast_i64x4(ck_load256(ck_int8_256_sums16(column, n) + 16 * b));
    for (int i = 0; i < 4; i++) products[i] = _mm512_madd_epi16(head->minima[i], all);
    return ck_sum_halves_avx512(products);
}

/// Eight rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows256_avx512(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                                 const ck_shape256_avx2 shape, const ck_layout256_avx512 layout,
                                 ck_read_head256_avx512 read_head, ck_read_codes256_avx512 read_codes) {
    const int width = shape.width, scales_a_row = 256 / width;
    __m512i places[4];
    for (int v = 0; v < 4; v++) places[v] = ck_scale_places_avx512(layout, v, width);
    __m256 totals[4];
    for (int c = 0; c < columns; c++) totals[c] = _mm256_setzero_ps();
    for (size_t b = 0; b < product->n / 256; b++) {
        const char *first = rows.first + b * shape.bytes;
        ck_prefetch_rows_avx2(rows, b * shape.bytes, shape.bytes);
        ck_head256_avx512 head;
        read_head(first, rows.stride, &head);
        _Alignas(64) int16_t scales[CK_ROWS * 16];
        for (int i = 0; i < CK_ROWS * scales_a_row / 32; i++) _mm512_store_si512(scales + 32 * i, head.scales[i]);
        __m512i activations[4][4], dots[4][CK_ROWS];
        for (int c = 0; c < columns; c++) {
            const int8_t *codes = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + 256 * b;
            for (int v = 0; v < 4; v++) {
                __m256i low = ck_load256(codes + 32 * layout.runs[v][0]);
                __m256i high = ck_load256(codes + 32 * layout.runs[v][1]);
                activations[c][v] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
            }
        }
#pragma unroll
        for (size_t r = 0; r < CK_ROWS; r++) {
            __m512i codes[4];
            read_codes(first + r * rows.stride, codes);
            const int16_t *row_scales = scales + r * (size_t)scales_a_row;
            __m512i table = width == 32 ? _mm512_castsi128_si512(_mm_load_si128((const __m128i *)row_scales))
                                        : _mm512_castsi256_si512(ck_load256(row_scales));
            for (int c = 0; c < columns; c++) dots[c][r] = _mm512_setzero_si512();
            for (int v = 0; v < 4; v++) {
                __m512i scale = _mm512_permutexvar_epi16(places[v], table);
                for (int c = 0; c < columns; c++) {
                    __m512i products = _mm512_maddubs_epi16(codes[v], activations[c][v]);
                    dots[c][r] = _mm512_dpwssd_epi32(dots[c][r], products, scale);
                }
            }
        }
        for (int c = 0; c < columns; c++) {
            const void *column = ck_column(product, first_column + (size_t)c);
            __m256i offsets = ck_offsets_of_rows_avx512(&head, column, product->n, b, width);
            totals[c] = ck_add_block256_avx2(totals[c], ck_sum_rows_avx512(dots[c]), offsets, head.scale, head.minimum,
                                             _mm256_broadcast_ss(ck_int8_256_scales(column, product->n) + b), shape);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_avx2(product, rows, first_column + (size_t)c, totals[c]);
}

/// Eight rows by all columns of the task.
CK_INLINE void ck_row_columns256_avx512(const ck_product *product, ck_rows rows, const ck_shape256_avx2 shape,
                                        const ck_layout256_avx512 layout, ck_read_head256_avx512 read_head,
                                        ck_read_codes256_avx512 read_codes) {
#define KERNEL(first, count)                                                                                           \
    ck_rows256_avx512(product, rows, first, count, shape, layout, read_head, read_codes)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

/// The heads of formats whose blocks begin with an f16 scale, an f16 minimum and 12 bytes as in ck_unpack_scales6.
CK_INLINE void ck_read_head6_avx512(const char *first, size_t stride, ck_head256_avx512 *out) {
    const __m512i shifts = _mm512_set4_epi32(4, 0, 0, 0);
    const __m512i low_bits = _mm512_set4_epi32(0x0f0f0f0f, 0x3f3f3f3f, 0x0f0f0f0f, 0x3f3f3f3f);
    const __m512i upper_bits = _mm512_set4_epi32(0x30303030, 0, 0x30303030, 0);
    __m512i rows[2];
    for (int i = 0; i < 2; i++) {
        rows[i] = ck_lanes_of_rows_avx512(first + 4 * (size_t)i * stride, stride);
        // Words 1, 2, 3 of a lane are the 12 bytes. Made of them: scales 0-3, scales 4-7, minima 0-3, minima 4-7.
        __m512i low = _mm512_srlv_epi32(_mm512_shuffle_epi32(rows[i], 0xed), shifts);
        __m512i upper = _mm512_srli_epi32(_mm512_shuffle_epi32(rows[i], 0xa5), 2);
        __m512i bytes = _mm512_or_si512(_mm512_and_si512(low, low_bits), _mm512_and_si512(upper, upper_bits));
        out->scales[i] = _mm512_unpacklo_epi8(bytes, _mm512_setzero_si512());
        out->minima[i] = _mm512_unpackhi_epi8(bytes, _mm512_setzero_si512());
    }
    const __m512i first_words = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0);
    __m256i halves = _mm512_castsi512_si256(_mm512_permutex2var_epi32(rows[0], first_words, rows[1]));
    out->scale = _mm256_cvtph_ps(_mm256_cvtepi32_epi16(halves));
    out->minimum = _mm256_cvtph_ps(_mm256_cvtepi32_epi16(_mm256_srli_epi32(halves, 16)));
}

/// 16-bit scales of 16 sub-blocks of eight rows, from signed bytes.
CK_INLINE void ck_widen_scales_avx512(const char *first, size_t stride, __m512i out[4]) {
    for (int i = 0; i < 2; i++) {
        __m512i bytes = ck_lanes_of_rows_avx512(first + 4 * (size_t)i * stride, stride);
        out[2 * i] = _mm512_cvtepi8_epi16(_mm512_castsi512_si256(bytes));
        out[2 * i + 1] = _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(bytes, 1));
    }
}

CK_TARGET_END

/// multiply_few, the product of a format with four columns or fewer, from its shape, its layout, and the functions that
/// read the heads and the codes of its blocks.
#define CK_MULTIPLY_FEW256_AVX512(shape, layout, read_head, read_codes)                                                \
    static void multiply_few(const ck_product *product) {                                                              \
        CK_FOR_EACH_ROWS(product, CK_ROWS,                                                                             \
                         ck_row_columns256_avx512(product, rows, shape, layout, read_head, read_codes))                \
    }

#endif
