import JSON
import Testing

@Suite("A JSON value")
struct JSONValueTests {
    let value: JSONValue = [
        "name": "apus", "count": 3, "ratio": 0.5, "whole": 2.0, "on": true, "list": [1, "x"], "none": nil,
    ]

    @Test("gives its parts by key, index and type")
    func givesParts() {
        #expect(value["name"]?.stringValue == "apus")
        #expect(value["count"]?.intValue == 3)
        #expect(value["count"]?.doubleValue == 3)
        #expect(value["ratio"]?.doubleValue == 0.5)
        #expect(value["whole"]?.intValue == 2)
        #expect(value["on"]?.boolValue == true)
        #expect(value["list"]?[1] == "x")
        #expect(value["none"]?.isNull == true)
        #expect(value.objectValue?.count == 7)
    }

    @Test("gives nil for what it does not hold")
    func givesNil() {
        #expect(value["missing"] == nil)
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["name"]?["x"] == nil)
        #expect(value["ratio"]?.intValue == nil)
        #expect(value["name"]?.intValue == nil)
        #expect(value["on"]?.intValue == nil)
        #expect(JSONValue.number(1e300).intValue == nil)
    }
}
