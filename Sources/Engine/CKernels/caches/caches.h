#ifndef CK_CACHES_H
#define CK_CACHES_H

// The list of types of the KV cache. A new one is a header here, its include and a row below.
//
// Keys or values of one head in a block are a slice of 32 tokens. Keys lie transposed, the same element of all tokens
// together, so that products with a query need no shuffling; values lie token by token. The header of a type, which is
// included after the vectors of an instruction set or plain ones, has these functions:
//   size_t ck_<type>_slice_bytes(width)                         a multiple of 64
//   void ck_<type>_store_key(width, key, token, slice)          and store_value: one token's, from floats
//   float ck_<type>_key(slice, width, element, token)           and value: one element
//   ck_vector ck_<type>_keys(slice, width, element, token)      one element of CK_LANES tokens
//   ck_vector ck_<type>_values(slice, width, token, element)    CK_LANES elements of a token

#include "../include/ckernels.h"
#include "quantize.h"
#include "rotate.h"

#include "f16.h"
#include "f32.h"
#include "q4_0.h"
#include "q8_0.h"

/// X(type, the unit of which widths are multiples, whether what is kept is rotated)
#define CK_CACHES(X)                                                                                                   \
    X(f32, 1, 0)                                                                                                       \
    X(f16, 1, 0)                                                                                                       \
    X(q8_0, 32, 1)                                                                                                     \
    X(q4_0, 32, 1)

#endif
