/// A value of an option that has another type than the option.
package struct OptionError: Error, Hashable {
    package let name: String
    package let kind: ModelOption.Kind
}
