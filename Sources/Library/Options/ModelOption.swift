import Sampling

/// An option of requests and Modelfiles: all that there is to say of it, without the type of its value.
package struct ModelOption: Sendable {
    package enum Kind: CaseIterable, Sendable {
        case integer, number, flag, text
        /// A list; every line of a Modelfile adds to it.
        case texts
        /// Numbers by tokens or texts.
        case biases
    }

    /// Where the name and what it means come from.
    package enum Origin: Sendable {
        case ollama, llamaCpp, apus
    }

    package enum Use: Sendable {
        /// How tokens are chosen.
        case sampling
        /// How one request is answered.
        case request
        /// How the model is loaded: another value loads it anew.
        case loading
        /// Taken and left unused: this engine has nothing like it.
        case nothing
    }

    /// What holds where nobody says anything.
    package enum Standard: Hashable, Sendable {
        case value(OptionValue)
        /// No one value: who decides.
        case decided(String)
    }

    package let name: String
    package let kind: Kind
    package let origin: Origin
    package let use: Use
    package let standard: Standard
    /// The least and the largest value; what is beyond counts as that. Nil where every value has a meaning.
    package let range: Range?
    /// One line.
    package let help: String
    /// Tells the sampling parameters what they can know of the value.
    let set: @Sendable (OptionValue, inout SamplingParameters) -> Void

    package struct Range: Hashable, Sendable {
        package let least: OptionValue
        package let largest: OptionValue
    }
}
