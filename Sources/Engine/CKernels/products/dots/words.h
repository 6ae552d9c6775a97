// Panels in which a vector is a word, four codes, of each of four rows. Included once for each set that has them, by its
// header, which defines CK_DOT_LANE.

CK_TARGET_BEGIN

/// The codes of a panel, `words` of each row, in the order that ck_dot_words takes.
CK_INLINE void CK_OF_SET(ck_arrange_codes)(const uint32_t *rows, size_t stride, size_t words, uint32_t *panel) {
    ck_transpose_words(rows, stride, words, panel);
}

/// Sums of the products of `words` words of 16 rows, a multiple of four, with `columns` columns of activations:
/// four rows a vector. Both counts are constants.
CK_INLINE void CK_OF_SET(ck_dot_words)(const uint32_t *panel, const int words, const int8_t *const *activations,
                                       size_t offset, const int columns, int32x4_t (*dots)[4]) {
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 4; v++) dots[c][v] = vdupq_n_s32(0);
    }
    for (int k = 0; k < words; k += 4) {
        int8x16_t activation[4];
        for (int c = 0; c < columns; c++) activation[c] = vld1q_s8(activations[c] + offset + 4 * k);
        for (int v = 0; v < 4; v++) {
            int8x16_t word[4];
            for (int i = 0; i < 4; i++) word[i] = vreinterpretq_s8_u32(vld1q_u32(panel + 16 * (k + i) + 4 * v));
            for (int c = 0; c < columns; c++) {
                dots[c][v] = CK_DOT_LANE(dots[c][v], word[0], activation[c], 0);
                dots[c][v] = CK_DOT_LANE(dots[c][v], word[1], activation[c], 1);
                dots[c][v] = CK_DOT_LANE(dots[c][v], word[2], activation[c], 2);
                dots[c][v] = CK_DOT_LANE(dots[c][v], word[3], activation[c], 3);
            }
        }
    }
}

CK_TARGET_END
