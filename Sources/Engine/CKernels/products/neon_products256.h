#ifndef CK_NEON_PRODUCTS256_H
#define CK_NEON_PRODUCTS256_H

// The products of a format with blocks of 256 elements, CK_FORMAT, with every set of arm64.

#include "neon_blocks256.h"

#include "dots/neon.h"

#include "neon_multiply256.h"

#include "dots/dotprod.h"

#include "neon_multiply256.h"

#include "dots/i8mm.h"

#include "neon_multiply256.h"

#endif
