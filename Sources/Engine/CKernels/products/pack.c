#include "../include/ckernels.h"

#include <stdint.h>
#include <string.h>

// A band: for each block the words of all rows, word by word, then for each block the bytes that are left, row by row.
// Where a block is no multiple of four bytes these are its scale: at its beginning in blocks of 32, else at its end.

/// Copies the words of a block to every CK_BAND_ROWS-th word of `out`.
static void pack_words(const char *words, size_t count, uint32_t *out) {
    for (size_t i = 0; i < count; i++) memcpy(&out[CK_BAND_ROWS * i], words + 4 * i, 4);
}

static void pack_band(const ck_format *format, size_t rows, size_t blocks, const char *weights, size_t weight_stride,
                      char *out) {
    size_t rest = format->block_bytes % 4, words = format->block_bytes / 4;
    size_t first_word = format->block_size == 32 ? rest : 0, first_rest = format->block_size == 32 ? 0 : 4 * words;
    uint32_t *word_out = (uint32_t *)(void *)out;
    char *rest_out = out + blocks * words * 4 * CK_BAND_ROWS;
    if (rows < CK_BAND_ROWS) memset(out, 0, CK_BAND_ROWS * weight_stride);
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const char *block = weights + r * weight_stride + b * format->block_bytes;
            pack_words(block + first_word, words, word_out + r);
            memcpy(rest_out + r * rest, block + first_rest, rest);
        }
        word_out += words * CK_BAND_ROWS;
        rest_out += rest * CK_BAND_ROWS;
    }
}

void ck_pack(const ck_format *format, size_t rows, size_t n, const void *weights, size_t weight_stride, void *out) {
    for (size_t row = 0; row < rows; row += CK_BAND_ROWS) {
        size_t count = rows - row < CK_BAND_ROWS ? rows - row : CK_BAND_ROWS;
        pack_band(format, count, n / format->block_size, (const char *)weights + row * weight_stride, weight_stride,
                  (char *)out + row * weight_stride);
    }
}
