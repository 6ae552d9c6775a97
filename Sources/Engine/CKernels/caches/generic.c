#include "../vectors/plain.h"

#include "store.h"

#define STORE(type, unit) CK_STORE_TYPE(type, generic)
CK_CACHES(STORE)
