#include "../include/ckernels.h"

#include <stdint.h>
#include <string.h>

// A band has for each block the bytes that are no whole words, row by row, then the words of all rows, word by word.
// Where there are such bytes, they are the block's scale: at its beginning in blocks of 32, else at its end.

/// How a block is packed.
typedef struct {
    size_t bytes, words, rest;
    size_t first_word, first_rest;  // bytes into the block
    size_t place[64];               // of each word, bytes into the words of a band's block
} packing;

static packing packing_of(const ck_format *format) {
    packing result = {.bytes = format->block_bytes, .words = format->block_bytes / 4, .rest = format->block_bytes % 4};
    result.first_word = format->block_size == 32 ? result.rest : 0;
    result.first_rest = format->block_size == 32 ? 0 : 4 * result.words;
    const ck_piece as_they_are[] = {{0, (uint8_t)result.words}, {0, 0}};
    size_t place = 0;
    for (const ck_piece *p = format->packed_order == NULL ? as_they_are : format->packed_order; p->count > 0; p++) {
        for (size_t i = 0; i < p->count; i++, place += 4 * CK_BAND_ROWS) result.place[p->first + i] = place;
    }
    return result;
}

typedef uint32_t four_words __attribute__((vector_size(16)));

/// Copies four words of each of four rows, `stride` bytes apart, to where they belong in `out`.
static inline void pack4(const char *rows, size_t stride, const size_t *place, char *out) {
    four_words a, b, c, d;
    memcpy(&a, rows, sizeof a);
    memcpy(&b, rows + stride, sizeof b);
    memcpy(&c, rows + 2 * stride, sizeof c);
    memcpy(&d, rows + 3 * stride, sizeof d);
    four_words ab[2] = {__builtin_shufflevector(a, b, 0, 4, 1, 5), __builtin_shufflevector(a, b, 2, 6, 3, 7)};
    four_words cd[2] = {__builtin_shufflevector(c, d, 0, 4, 1, 5), __builtin_shufflevector(c, d, 2, 6, 3, 7)};
    for (size_t i = 0; i < 2; i++) {
        four_words even = __builtin_shufflevector(ab[i], cd[i], 0, 1, 4, 5);
        four_words odd = __builtin_shufflevector(ab[i], cd[i], 2, 3, 6, 7);
        memcpy(out + place[2 * i], &even, sizeof even);
        memcpy(out + place[2 * i + 1], &odd, sizeof odd);
    }
}

/// A block of each of `rows` rows.
static void pack_block(const packing *packing, size_t rows, const char *block, size_t stride, char *out) {
    for (size_t r = 0; r < rows; r++) {
        memcpy(out + r * packing->rest, block + r * stride + packing->first_rest, packing->rest);
    }
    out += CK_BAND_ROWS * packing->rest;
    const char *words = block + packing->first_word;
    size_t fours = packing->words - packing->words % 4, w = rows == CK_BAND_ROWS ? fours : 0;
    for (size_t i = 0; i < w; i += 4) {
        for (size_t r = 0; r < CK_BAND_ROWS; r += 4) {
            pack4(words + r * stride + 4 * i, stride, &packing->place[i], out + 4 * r);
        }
    }
    for (; w < packing->words; w++) {
        for (size_t r = 0; r < rows; r++) memcpy(out + packing->place[w] + 4 * r, words + r * stride + 4 * w, 4);
    }
}

void ck_pack(const ck_format *format, size_t rows, size_t n, const void *weights, size_t weight_stride, void *out) {
    const packing packing = packing_of(format);
    for (size_t row = 0; row < rows; row += CK_BAND_ROWS) {
        const char *band = (const char *)weights + row * weight_stride;
        char *band_out = (char *)out + row * weight_stride;
        size_t count = rows - row < CK_BAND_ROWS ? rows - row : CK_BAND_ROWS;
        if (count < CK_BAND_ROWS) memset(band_out, 0, CK_BAND_ROWS * weight_stride);
        if (format->multiply_packed == format->multiply) {
            memcpy(band_out, band, count * weight_stride);
            continue;
        }
        for (size_t b = 0; b < n / format->block_size; b++) {
            pack_block(&packing, count, band + b * packing.bytes, weight_stride,
                       band_out + b * CK_BAND_ROWS * packing.bytes);
        }
    }
}
