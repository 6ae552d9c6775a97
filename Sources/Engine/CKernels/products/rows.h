#ifndef CK_ROWS_H
#define CK_ROWS_H

// Products with few columns, which wait for memory: several rows at a time, one a lane, straight from the blocks of the
// file. Included like panel.h, after the header of an instruction set.

#include "panel.h"

/// As many rows of a task as a vector has lanes, or one as many times.
typedef struct {
    const char *first;
    size_t stride;        // bytes from row to row
    size_t index, count;  // of the rows in the task
} ck_rows;

/// The rows from `row` on. The last ones of a task begin before it, so that they fill the lanes.
CK_INLINE ck_rows ck_rows_from(const ck_product *product, size_t row, size_t lanes) {
    if (product->rows < lanes) return (ck_rows){ck_row(product, row), 0, row, 1};
    size_t index = ck_smaller(row, product->rows - lanes);
    return (ck_rows){ck_row(product, index), product->weight_stride, index, lanes};
}

CK_INLINE float *ck_out_of_rows(const ck_product *product, ck_rows rows, size_t column) {
    return product->out + column * product->out_stride + rows.index;
}

/// Runs `statement` with `rows` for all rows of a task.
#define CK_FOR_EACH_ROWS(product, lanes, statement)                                                                    \
    for (size_t row = 0; row < (product)->rows;) {                                                                     \
        const ck_rows rows = ck_rows_from(product, row, lanes);                                                        \
        statement;                                                                                                     \
        row = rows.index + rows.count;                                                                                 \
    }

/// Calls `kernel(first, count)` for all columns of a task, four at a time; `count` is a constant.
#define CK_FOR_EACH_COLUMNS(product, kernel)                                                                           \
    size_t column = 0;                                                                                                 \
    for (; column + 4 <= (product)->columns; column += 4) kernel(column, 4);                                           \
    switch ((product)->columns - column) {                                                                             \
    case 1: kernel(column, 1); break;                                                                                  \
    case 2: kernel(column, 2); break;                                                                                  \
    case 3: kernel(column, 3); break;                                                                                  \
    }

#endif
