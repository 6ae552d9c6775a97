import Options
import Sampling
import TestSupport
import Testing

@Suite("The catalog of options")
struct OptionCatalogTests {
    private let all = OptionCatalog.shared.all

    @Test("the list has every option once, with its help in one line")
    func completeness() {
        #expect(all.count == Mirror(reflecting: OptionCatalog.shared).children.count)
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(OptionCatalog.deprecated.isDisjoint(with: all.map(\.name)))
        for option in all {
            #expect(!option.help.isEmpty && !option.help.contains("\n"), "\(option.name)")
            #expect(OptionCatalog.named(option.name)?.help == option.help)
        }
        #expect(OptionCatalog.named("temprature") == nil)
    }

    @Test("every number of the sampling parameters has an option, with its range")
    func samplingParameters() {
        let ranged = all.filter { $0.range != nil }
        #expect(ranged.count == SamplingParameters.floatRanges.count + SamplingParameters.integerRanges.count)
        #expect(ranged.allSatisfy { $0.use == .sampling })
    }

    @Test("defaults change nothing, and each option of sampling something")
    func settingParameters() {
        var defaults = OptionValues()
        for option in all {
            if case .value(let value) = option.standard { defaults[option] = value }
        }
        #expect(defaults.sampling == SamplingParameters())
        for option in all where option.range != nil {
            for end in [option.range?.least, option.range?.largest].compactMap(\.self) {
                var values = OptionValues()
                values[option] = end
                #expect(values.sampling == values.sampling.validated(), "\(option.name)")
                #expect(.value(end) == option.standard || values.sampling != SamplingParameters(), "\(option.name)")
            }
        }
    }

    @Test("names and defaults of Ollama are Ollama's")
    func ollama() {
        let names = Set(all.filter { $0.origin == .ollama }.map(\.name))
        #expect(
            names == [
                "num_keep", "seed", "num_predict", "top_k", "top_p", "min_p", "typical_p", "repeat_last_n",
                "temperature", "repeat_penalty", "presence_penalty", "frequency_penalty", "stop", "num_ctx",
                "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict", "mirostat",
                "mirostat_tau", "mirostat_eta",
            ])
    }

    @Test("the page of options is what the catalog says")
    func document() throws {
        let document = OptionCatalog.shared.document
        #expect(try document == Snapshot.recorded("../../Docs/options.md", recording: document))
    }
}
