#ifndef CK_PACKED_H
#define CK_PACKED_H

// Where packed weights (pack.c) lie. Included like panel.h, after the header of an instruction set.

#include "panel.h"

/// A word of each of the rows of a band.
typedef uint32_t ck_band_word[CK_BAND_ROWS];

/// A block of some rows of a band: its words, from the first of the rows on, and the bytes that are no whole words, row
/// by row.
typedef struct {
    const ck_band_word *words;
    const char *rest;
} ck_packed_block;

/// Where a sub-block is: part `part` of run `run`, of 32 elements, of group `group` of its block.
typedef struct {
    int group, part, run;
} ck_place;

/// A band of a task.
typedef struct {
    const char *first;
    size_t row, count;  // of the task's rows
} ck_band;

CK_TARGET_BEGIN

CK_INLINE ck_band ck_band_from(const ck_product *product, size_t row) {
    return (ck_band){ck_row(product, row), row, ck_smaller(product->rows - row, CK_BAND_ROWS)};
}

/// Block `index` of a band, from its row `row` on.
CK_INLINE ck_packed_block ck_packed_block_of(const char *band, size_t row, size_t index, size_t block_bytes) {
    const size_t rest_bytes = block_bytes % 4;
    const char *rest = band + CK_BAND_ROWS * block_bytes * index, *words = rest + CK_BAND_ROWS * rest_bytes;
    return (ck_packed_block){(const ck_band_word *)(const void *)(words + 4 * row), rest + rest_bytes * row};
}

/// Block `index` of the rows of a packed product from `row` on.
CK_INLINE ck_packed_block ck_packed_block_of_row(const ck_product *product, size_t row, size_t index,
                                                 size_t block_bytes) {
    return ck_packed_block_of(ck_row(product, row - row % CK_BAND_ROWS), row % CK_BAND_ROWS, index, block_bytes);
}

CK_TARGET_END

#endif
