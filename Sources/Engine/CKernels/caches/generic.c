#include "../vectors/plain.h"

#include "store.h"

#define STORE(type, unit, rotates) CK_STORE_TYPE(type, rotates, generic)
CK_CACHES(STORE)
