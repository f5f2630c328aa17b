#pragma once
// The sample of interop.capnp: filled in and compared field by field.

#include "interop.capnp.h"
#include <kj/string.h>

void fillSample(Sample::Builder sample);

kj::String differenceFromSample(Sample::Reader sample);
// The names of the fields that differ; empty when none does.
