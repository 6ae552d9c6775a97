#ifndef CK_PANEL_H
#define CK_PANEL_H

// Products with many columns. A panel is a block of 16 weight rows, unpacked once and transposed so that one vector
// holds the same elements of 16 rows; then all columns of the task pass over it in microtiles, whose sums are registers.
// Four panels are kept at a time, so that the activations of a microtile serve 64 rows from the first-level cache.
// Included after the header of an instruction set, whose target it uses.
//
// The order of sums. What a row and a column give must not depend on how many others are in the task, so within a
// table the products with few columns (rows.h) and those with many do the same operations on floats, in this order:
//   floats: the products of 128 elements in ascending order, by fused additions from zero; then these sums, likewise
//   (on arm64, where one kernel makes all products, an order of its own);
//   floats on AVX-512: 16 sums of a row, sum j over the words k = j mod 16 in ascending order by fused additions from
//   zero, where a word is an element, or a pair of BF16; of each four of these sums those two apart are added, then the
//   two that are left, then such sums of fours two apart, then the last two;
//   blocks of 32: for each block in ascending order, one fused addition of scale × scale of the column × integer sum,
//   and where the format has minima one of minimum × sum of the column;
//   blocks of 256: for each block in ascending order, one fused addition of the column's scale × the block's value,
//   which is scale × integer sum - minimum × integer sum, or one such product where minima are the code of zero.
// Integer sums are exact and may be made in any order. Each set has functions ck_add_block* for it, which both use.

#include "../activations/activations.h"

enum {
    CK_PANEL_ROWS = 16,
    CK_PANELS = 4,
    CK_SUM_ROWS = CK_PANELS * CK_PANEL_ROWS,
    CK_SUM_COLUMNS = 256,      // sums on the stack: 64 KiB
    CK_INTEGER_ELEMENTS = 256, // of a row in an integer panel
    CK_FLOAT_ELEMENTS = 128,   // of a row in a float panel
};

/// The part of a row that a panel holds.
typedef struct {
    size_t first, count;
} ck_elements;

/// 16 rows of unpacked weights; the second index is the row.
typedef union {
    struct {
        uint32_t codes[CK_INTEGER_ELEMENTS / 4][CK_PANEL_ROWS];  // four codes a word
        uint32_t scales[16][CK_PANEL_ROWS];                      // one a sub-block: what it is depends on the product
        uint32_t minima[16][CK_PANEL_ROWS];
        float scale[CK_PANEL_ROWS], minimum[CK_PANEL_ROWS];
    };
    float values[CK_FLOAT_ELEMENTS][CK_PANEL_ROWS];
} ck_panel;

/// Unpacks rows first_row ..< first_row + rows of the task, 16 or fewer, or none; the others become zero.
typedef void ck_fill_panel(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out);

/// Adds the products of a panel, or two, with some columns, `limit` or fewer, to `sums` [column][CK_SUM_ROWS].
/// Returns how many columns these were.
typedef size_t ck_microtile(const ck_panel *panels, const ck_product *product, size_t first_column, size_t limit,
                            ck_elements part, float *sums);

CK_INLINE size_t ck_smaller(size_t a, size_t b) { return a < b ? a : b; }

CK_INLINE const void *ck_row(const ck_product *product, size_t row) {
    return (const char *)product->weights + row * product->weight_stride;
}

CK_INLINE const void *ck_column(const ck_product *product, size_t column) {
    return (const char *)product->activations + column * product->activation_stride;
}

CK_TARGET_BEGIN

/// Asks for the part of some rows that begins at element `first`. The hardware's own prefetching does not see that the
/// next part of a row is read after the same part of the others. `together`: rows whose parts lie together.
CK_INLINE void ck_prefetch_part(const ck_product *product, size_t first_row, size_t rows, size_t first,
                                size_t elements, const size_t together) {
    const size_t stride = product->weight_stride * together;
    size_t offset = stride * first / product->n, bytes = stride * elements / product->n;
    for (size_t r = first_row; r < first_row + rows; r += together) {
        const char *part = (const char *)ck_row(product, r) + offset;
        for (size_t line = 0; line < bytes; line += 64) __builtin_prefetch(part + line, 0, 2);
    }
}

/// 64 rows or fewer and 256 columns or fewer.
CK_INLINE void ck_multiply_part(const ck_product *product, size_t first_row, size_t first_column, size_t elements,
                                const size_t together, ck_fill_panel fill, const size_t panels_a_microtile,
                                ck_microtile microtile) {
    _Alignas(64) float sums[CK_SUM_COLUMNS][CK_SUM_ROWS];
    _Alignas(64) ck_panel panels[CK_PANELS];
    size_t rows = ck_smaller(product->rows - first_row, CK_SUM_ROWS);
    size_t columns = ck_smaller(product->columns - first_column, CK_SUM_COLUMNS);
    const size_t microtile_rows = CK_PANEL_ROWS * panels_a_microtile;
    const size_t panel_count = (rows + microtile_rows - 1) / microtile_rows * panels_a_microtile;
    memset(sums, 0, columns * sizeof sums[0]);
    for (size_t first = 0; first < product->n; first += elements) {
        ck_elements part = {first, ck_smaller(product->n - first, elements)};
        if (first + elements < product->n) {
            ck_prefetch_part(product, first_row, rows, first + elements, elements, together);
        }
        for (size_t i = 0; i < panel_count; i++) {
            const size_t row = CK_PANEL_ROWS * i, left = row < rows ? rows - row : 0;
            fill(product, first_row + row, ck_smaller(left, CK_PANEL_ROWS), part, &panels[i]);
        }
        for (size_t c = 0, done = columns; c < columns; c += done) {
            for (size_t i = 0; i < panel_count; i += panels_a_microtile) {
                done = microtile(&panels[i], product, first_column + c, columns - c, part, &sums[c][CK_PANEL_ROWS * i]);
            }
            if (first + elements < product->n) continue;
            // Written while the next microtile is multiplied: the lines are in no cache.
            for (size_t k = c; k < c + done; k++) {
                float *out = product->out + (first_column + k) * product->out_stride + first_row;
                memcpy(out, sums[k], rows * sizeof(float));
            }
        }
    }
}

/// `elements` are multiplied at a time; `together` rows lie together; microtiles multiply one panel or two,
/// `panels_a_microtile`.
CK_INLINE void ck_multiply_by_panels(const ck_product *product, size_t elements, const size_t together,
                                     ck_fill_panel fill, const size_t panels_a_microtile, ck_microtile microtile) {
    for (size_t row = 0; row < product->rows; row += CK_SUM_ROWS) {
        for (size_t column = 0; column < product->columns; column += CK_SUM_COLUMNS) {
            ck_multiply_part(product, row, column, elements, together, fill, panels_a_microtile, microtile);
        }
    }
}

CK_TARGET_END

/// `fill` of a format with integer codes, from an instruction set's function.
#define CK_FILL_INTEGERS(fill_panel, shape, read)                                                                      \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        fill_panel(product, first_row, rows, part, out, shape, read);                                                  \
    }

/// `name`, the product of a format: with few columns `few`, a statement, and with many `many`.
#define CK_MULTIPLY_FEW_OR_MANY(name, few, many)                                                                       \
    void name(const ck_product *product) {                                                                             \
        if (product->columns <= CK_FEW_COLUMNS) {                                                                      \
            few;                                                                                                       \
        } else {                                                                                                       \
            many;                                                                                                      \
        }                                                                                                              \
    }

/// `name`, the product of a format with integer codes: `multiply_few` makes it with few columns; for many, an instruction
/// set's functions fill panels and multiply microtiles.
#define CK_MULTIPLY_INTEGERS(name, multiply_few, fill_panel, microtile_panel, shape, read)                             \
    CK_FILL_INTEGERS(fill_panel, shape, read)                                                                          \
    static size_t microtile(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,       \
                            ck_elements part, float *sums) {                                                           \
        return microtile_panel(panel, product, first_column, limit, shape, part, sums);                                \
    }                                                                                                                  \
    CK_MULTIPLY_FEW_OR_MANY(name, multiply_few(product),                                                               \
                            ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, 1, fill, 1, microtile))

#endif
