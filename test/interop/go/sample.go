package main

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"capnproto.org/go/capnp/v3"
	"interop-go/build/interop"
)

const sampleText = "naïve 🦀"

var sampleData = []byte{0x00, 0x01, 0xfe, 0xff}

// fillSample fills in the sample of interop.capnp.
func fillSample(sample interop.Sample) (err error) {
	try := func(problem error) {
		if err == nil {
			err = problem
		}
	}

	sample.SetYes(true)
	sample.SetNo(false)
	sample.SetInt8(math.MinInt8)
	sample.SetInt16(math.MinInt16)
	sample.SetInt32(math.MinInt32)
	sample.SetInt64(math.MinInt64)
	sample.SetUint8(math.MaxUint8)
	sample.SetUint16(math.MaxUint16)
	sample.SetUint32(math.MaxUint32)
	sample.SetUint64(math.MaxUint64)
	sample.SetFloat32(1.5)
	sample.SetFloat64(-2.5e-300)
	sample.SetInverted(9)
	sample.SetColour(interop.Colour_blue)
	try(sample.SetText(sampleText))
	try(sample.SetData(sampleData))
	sample.Range().SetLow(-5)
	sample.Range().SetHigh(5)
	try(sample.SetLabel("seven"))

	point, problem := sample.NewPoint()
	try(problem)
	setPoint(point, -1, 2)
	anyPoint, problem := interop.NewPoint(sample.Segment())
	try(problem)
	setPoint(anyPoint, 5, 6)
	try(sample.SetAny(anyPoint.ToPtr()))

	bools, problem := sample.NewBools(10)
	try(problem)
	for i := range bools.Len() {
		bools.Set(i, i%3 == 0)
	}
	int16s, problem := sample.NewInt16s(3)
	try(problem)
	for i, value := range []int16{-1, 0, 1} {
		int16s.Set(i, value)
	}
	float64s, problem := sample.NewFloat64s(3)
	try(problem)
	for i, value := range []float64{0.5, math.Inf(-1), math.NaN()} {
		float64s.Set(i, value)
	}
	colours, problem := sample.NewColours(2)
	try(problem)
	colours.Set(0, interop.Colour_blue)
	colours.Set(1, interop.Colour_red)
	texts, problem := sample.NewTexts(3)
	try(problem)
	for i, value := range []string{"", "one", "zwei"} {
		try(texts.Set(i, value))
	}
	points, problem := sample.NewPoints(2)
	try(problem)
	setPoint(points.At(0), 1, 2)
	setPoint(points.At(1), 3, 4)
	matrix, problem := sample.NewMatrix(3)
	try(problem)
	for i, values := range [][]uint8{{1}, {}, {2, 3}} {
		row, problem := capnp.NewUInt8List(sample.Segment(), int32(len(values)))
		try(problem)
		for j, value := range values {
			row.Set(j, value)
		}
		try(matrix.Set(i, row.ToPtr()))
	}
	return err
}

// differenceFromSample names the fields that differ; empty when none does.
func differenceFromSample(sample interop.Sample) string {
	var wrong []string
	check := func(field string, right bool) {
		if !right {
			wrong = append(wrong, field)
		}
	}
	check("yes", sample.Yes())
	check("no", !sample.No())
	check("int8", sample.Int8() == math.MinInt8)
	check("int16", sample.Int16() == math.MinInt16)
	check("int32", sample.Int32() == math.MinInt32)
	check("int64", sample.Int64() == math.MinInt64)
	check("uint8", sample.Uint8() == math.MaxUint8)
	check("uint16", sample.Uint16() == math.MaxUint16)
	check("uint32", sample.Uint32() == math.MaxUint32)
	check("uint64", sample.Uint64() == math.MaxUint64)
	check("float32", sample.Float32() == 1.5)
	check("float64", sample.Float64() == -2.5e-300)
	check("unset", sample.Unset() == 42)
	check("inverted", sample.Inverted() == 9)
	check("colour", sample.Colour() == interop.Colour_blue)

	text, err := sample.Text()
	check("text", err == nil && text == sampleText)
	unsetText, err := sample.UnsetText()
	check("unsetText", err == nil && unsetText == "unset")
	data, err := sample.Data()
	check("data", err == nil && bytes.Equal(data, sampleData))
	point, err := sample.Point()
	check("point", err == nil && isPoint(point, -1, 2))
	pointer, err := sample.Any()
	check("any", err == nil && isPoint(interop.Point(pointer.Struct()), 5, 6))

	bools, err := sample.Bools()
	check("bools", err == nil && areBools(bools))
	int16s, err := sample.Int16s()
	check("int16s", err == nil && slices.Equal(elements(int16s), []int16{-1, 0, 1}))
	float64s, err := sample.Float64s()
	check("float64s", err == nil && float64s.Len() == 3 && float64s.At(0) == 0.5 &&
		math.IsInf(float64s.At(1), -1) && math.IsNaN(float64s.At(2)))
	colours, err := sample.Colours()
	check("colours", err == nil &&
		slices.Equal(elements(colours), []interop.Colour{interop.Colour_blue, interop.Colour_red}))
	texts, err := sample.Texts()
	check("texts", err == nil && areTexts(texts))
	points, err := sample.Points()
	check("points", err == nil && points.Len() == 2 &&
		isPoint(points.At(0), 1, 2) && isPoint(points.At(1), 3, 4))
	matrix, err := sample.Matrix()
	check("matrix", err == nil && isMatrix(matrix))

	check("range", sample.Range().Low() == -5 && sample.Range().High() == 5)
	isLabel := sample.Which() == interop.Sample_Which_label
	check("label", isLabel && func() string { label, _ := sample.Label(); return label }() == "seven")
	return strings.Join(wrong, " ")
}

func setPoint(point interop.Point, x, y int32) {
	point.SetX(x)
	point.SetY(y)
}

func isPoint(point interop.Point, x, y int32) bool {
	return point.X() == x && point.Y() == y
}

// elements copies a list of plain values.
func elements[T any](list interface {
	Len() int
	At(int) T
}) []T {
	all := make([]T, list.Len())
	for i := range all {
		all[i] = list.At(i)
	}
	return all
}

func areBools(bools capnp.BitList) bool {
	for i := range bools.Len() {
		if bools.At(i) != (i%3 == 0) {
			return false
		}
	}
	return bools.Len() == 10
}

func areTexts(texts capnp.TextList) bool {
	return texts.Len() == 3 && textAt(texts, 0) == "" && textAt(texts, 1) == "one" &&
		textAt(texts, 2) == "zwei"
}

func textAt(texts capnp.TextList, i int) string {
	text, err := texts.At(i)
	if err != nil {
		return err.Error()
	}
	return text
}

func isMatrix(matrix capnp.PointerList) bool {
	rows := [][]uint8{{1}, {}, {2, 3}}
	if matrix.Len() != len(rows) {
		return false
	}
	for i, row := range rows {
		pointer, err := matrix.At(i)
		if err != nil || !slices.Equal(elements(capnp.UInt8List(pointer.List())), row) {
			return false
		}
	}
	return true
}
