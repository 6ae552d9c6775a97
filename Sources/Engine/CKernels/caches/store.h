#ifndef CK_CACHES_STORE_H
#define CK_CACHES_STORE_H

// How the functions of a table that store keys and values are made. Included after the vectors of its instruction set.

#include "caches.h"

#define CK_STORE_TYPE(type, rotates, set)                                                                              \
    void ck_##type##_store_key_##set(size_t width, const float *key, size_t token, void *slice) {                      \
        float memory[CK_ROTATED_WIDTH];                                                                                \
        ck_##type##_store_key(width, ck_rotated(rotates, width, key, memory), token, slice);                           \
    }                                                                                                                  \
    void ck_##type##_store_value_##set(size_t width, const float *value, size_t token, void *slice) {                  \
        float memory[CK_ROTATED_WIDTH];                                                                                \
        ck_##type##_store_value(width, ck_rotated(rotates, width, value, memory), token, slice);                       \
    }

#endif
