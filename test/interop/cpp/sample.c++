#include "sample.h"
#include <cmath>
#include <kj/vector.h>
#include <limits>

using kj::uint;

namespace {

constexpr kj::StringPtr TEXT = "naïve 🦀"_kj;
constexpr kj::byte DATA[] = {0x00, 0x01, 0xfe, 0xff};
constexpr double INF = std::numeric_limits<double>::infinity();

bool isPoint(Point::Reader point, int32_t x, int32_t y) {
  return point.getX() == x && point.getY() == y;
}

bool areBools(capnp::List<bool>::Reader bools) {
  for (uint i = 0; i < bools.size(); i++) {
    if (bools[i] != (i % 3 == 0)) return false;
  }
  return bools.size() == 10;
}

bool areInt16s(capnp::List<int16_t>::Reader list) {
  return list.size() == 3 && list[0] == -1 && list[1] == 0 && list[2] == 1;
}

bool areFloat64s(capnp::List<double>::Reader list) {
  return list.size() == 3 && list[0] == 0.5 && list[1] == -INF && std::isnan(list[2]);
}

bool areColours(capnp::List<Colour>::Reader list) {
  return list.size() == 2 && list[0] == Colour::BLUE && list[1] == Colour::RED;
}

bool areTexts(capnp::List<capnp::Text>::Reader list) {
  return list.size() == 3 && list[0] == "" && list[1] == "one" && list[2] == "zwei";
}

bool arePoints(capnp::List<Point>::Reader list) {
  return list.size() == 2 && isPoint(list[0], 1, 2) && isPoint(list[1], 3, 4);
}

bool isMatrix(capnp::List<capnp::List<uint8_t>>::Reader list) {
  return list.size() == 3 && list[0].size() == 1 && list[0][0] == 1 && list[1].size() == 0 &&
         list[2].size() == 2 && list[2][0] == 2 && list[2][1] == 3;
}

void setPoint(Point::Builder point, int32_t x, int32_t y) {
  point.setX(x);
  point.setY(y);
}

}  // namespace

void fillSample(Sample::Builder sample) {
  sample.setYes(true);
  sample.setNo(false);
  sample.setInt8(std::numeric_limits<int8_t>::min());
  sample.setInt16(std::numeric_limits<int16_t>::min());
  sample.setInt32(std::numeric_limits<int32_t>::min());
  sample.setInt64(std::numeric_limits<int64_t>::min());
  sample.setUint8(std::numeric_limits<uint8_t>::max());
  sample.setUint16(std::numeric_limits<uint16_t>::max());
  sample.setUint32(std::numeric_limits<uint32_t>::max());
  sample.setUint64(std::numeric_limits<uint64_t>::max());
  sample.setFloat32(1.5f);
  sample.setFloat64(-2.5e-300);
  sample.setInverted(9);
  sample.setColour(Colour::BLUE);
  sample.setText(TEXT);
  sample.setData(kj::arrayPtr(DATA, sizeof(DATA)));
  setPoint(sample.initPoint(), -1, 2);
  setPoint(sample.initAny().initAs<Point>(), 5, 6);
  auto bools = sample.initBools(10);
  for (uint i = 0; i < bools.size(); i++) bools.set(i, i % 3 == 0);
  sample.setInt16s({-1, 0, 1});
  sample.setFloat64s({0.5, -INF, std::numeric_limits<double>::quiet_NaN()});
  sample.setColours({Colour::BLUE, Colour::RED});
  sample.setTexts({"", "one", "zwei"});
  auto points = sample.initPoints(2);
  setPoint(points[0], 1, 2);
  setPoint(points[1], 3, 4);
  auto matrix = sample.initMatrix(3);
  matrix.set(0, {1});
  matrix.init(1, 0);
  matrix.set(2, {2, 3});
  sample.getRange().setLow(-5);
  sample.getRange().setHigh(5);
  sample.setLabel("seven");
}

kj::String differenceFromSample(Sample::Reader sample) {
  kj::Vector<kj::StringPtr> wrong;
  auto check = [&](kj::StringPtr field, bool right) {
    if (!right) wrong.add(field);
  };
  check("yes", sample.getYes());
  check("no", !sample.getNo());
  check("int8", sample.getInt8() == std::numeric_limits<int8_t>::min());
  check("int16", sample.getInt16() == std::numeric_limits<int16_t>::min());
  check("int32", sample.getInt32() == std::numeric_limits<int32_t>::min());
  check("int64", sample.getInt64() == std::numeric_limits<int64_t>::min());
  check("uint8", sample.getUint8() == std::numeric_limits<uint8_t>::max());
  check("uint16", sample.getUint16() == std::numeric_limits<uint16_t>::max());
  check("uint32", sample.getUint32() == std::numeric_limits<uint32_t>::max());
  check("uint64", sample.getUint64() == std::numeric_limits<uint64_t>::max());
  check("float32", sample.getFloat32() == 1.5f);
  check("float64", sample.getFloat64() == -2.5e-300);
  check("unset", sample.getUnset() == 42);
  check("inverted", sample.getInverted() == 9);
  check("colour", sample.getColour() == Colour::BLUE);
  check("text", sample.getText() == TEXT);
  check("unsetText", sample.getUnsetText() == "unset");
  check("data", sample.getData() == kj::arrayPtr(DATA, sizeof(DATA)));
  check("point", isPoint(sample.getPoint(), -1, 2));
  check("any", isPoint(sample.getAny().getAs<Point>(), 5, 6));
  check("bools", areBools(sample.getBools()));
  check("int16s", areInt16s(sample.getInt16s()));
  check("float64s", areFloat64s(sample.getFloat64s()));
  check("colours", areColours(sample.getColours()));
  check("texts", areTexts(sample.getTexts()));
  check("points", arePoints(sample.getPoints()));
  check("matrix", isMatrix(sample.getMatrix()));
  check("range", sample.getRange().getLow() == -5 && sample.getRange().getHigh() == 5);
  check("label", sample.isLabel() && sample.getLabel() == "seven");
  return kj::strArray(wrong, " ");
}
