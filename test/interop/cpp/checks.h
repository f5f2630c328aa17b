#pragma once
// What a client checks of a server; README.md says what each check claims.

#include "scene.h"

struct Check {
  const char* name;
  void (*run)(Scene& scene);
};

extern const kj::ArrayPtr<const Check> CHECKS;
