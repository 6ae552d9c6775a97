#ifndef CK_NEON_PRODUCTS32_H
#define CK_NEON_PRODUCTS32_H

// The products of a format with blocks of 32 elements, CK_FORMAT, with every set of arm64.

#include "neon_blocks32.h"

#include "dots/neon.h"

#include "neon_multiply32.h"

#include "dots/dotprod.h"

#include "neon_multiply32.h"

#include "dots/i8mm.h"

#include "neon_multiply32.h"

#endif
