import JSON
import OrderedCollections

extension JinjaRenderer {
    // MARK: Attributes and items

    /// `value.name`: an attribute or method, else the item of that name.
    func attribute(_ name: String, of value: JinjaValue) throws(TemplateError) -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.error }
        try charge(steps: name.utf8.count / 64)
        if let attribute = try existingAttribute(name, of: value) { return attribute }
        if case .dictionary(let dictionary) = value, let item = dictionary[name] { return item }
        return .undefined("'\(value.described)' has no attribute '\(name.excerpt())'")
    }

    /// `value[key]`: an item, else the attribute of that name.
    func item(_ key: JinjaValue, of value: JinjaValue) throws(TemplateError) -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.error }
        if let item = try existingItem(key, of: value) { return item }
        guard let name = key.text else {
            try charge(representing: key)
            return .undefined("\(value.described) has no element \(key.represented.excerpt())")
        }
        return try existingAttribute(name, of: value)
            ?? .undefined("'\(value.described)' has no attribute '\(name.excerpt())'")
    }

    private func existingItem(_ key: JinjaValue, of value: JinjaValue) throws(TemplateError) -> JinjaValue? {
        switch value {
        case .dictionary(let dictionary):
            try charge(walking: key)
            return key.unhashableType == nil ? dictionary.entries[key] : nil
        case .list(let sequence), .tuple(let sequence):
            return key.index.flatMap { sequence.elements[python: $0] }
        case .range(let range):
            guard let index = key.index.flatMap({ JinjaSlicing.offset($0, count: range.count) }) else { return nil }
            return .integer(range.start + index * range.step)
        case .string(let text), .markup(let text):
            guard let index = key.index else { return nil }
            try charge(steps: Int(min(index.magnitude, UInt(text.utf8.count))) / 16)
            return text.codePoint(at: index).map { value.likewise($0) }
        default: return nil
        }
    }

    private func existingAttribute(_ name: String, of value: JinjaValue) throws(TemplateError) -> JinjaValue? {
        if name.hasPrefix("__"), name.hasSuffix("__") { return forbidden(name, of: value) }
        switch value {
        case .string, .markup: return method(name, of: value, in: JinjaStringMethods.all)
        case .list:
            if JinjaSequenceMethods.mutating.contains(name) { return forbidden(name, of: value) }
            return method(name, of: value, in: JinjaSequenceMethods.list)
        case .tuple(let sequence):
            if sequence.isGroup, name == "grouper" { return sequence.elements.first }
            if sequence.isGroup, name == "list" { return sequence.elements.last }
            return method(name, of: value, in: JinjaSequenceMethods.all)
        case .range(let range):
            switch name {
            case "start": return .integer(range.start)
            case "stop": return .integer(range.stop)
            case "step": return .integer(range.step)
            default: return method(name, of: value, in: JinjaSequenceMethods.all)
            }
        case .dictionary:
            if JinjaDictionaryMethods.mutating.contains(name) { return forbidden(name, of: value) }
            return method(name, of: value, in: JinjaDictionaryMethods.all)
        case .integer, .bool, .float: return method(name, of: value, in: JinjaNumberMethods.all)
        case .namespace(let namespace): return namespace.attributes[name]
        case .loop(let loop): return loop.attribute(name) ?? method(name, of: value, in: JinjaLoopMethods.all)
        case .callable(.cycler(let cycler)) where name == "current": return cycler.current
        case .callable(.cycler): return method(name, of: value, in: JinjaCyclerMethods.all)
        case .callable(.macro(let macro)): return macro.attribute(name)
        case .undefined, .none, .view, .iterator, .callable: return nil
        }
    }

    private func method(_ name: String, of value: JinjaValue, in methods: [String: JinjaMethod]) -> JinjaValue? {
        methods[name].map { .callable(.method(name, $0, receiver: value)) }
    }

    /// Stands for an attribute that templates may not use; using it is an error.
    private func forbidden(_ name: String, of value: JinjaValue) -> JinjaValue {
        .undefined("access to attribute '\(name)' of '\(value.typeName)' object is unsafe.")
    }

    // MARK: Slices

    func slice(
        _ value: JinjaValue, _ start: JinjaValue?, _ stop: JinjaValue?, _ step: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        if case .dictionary = value { throw TemplateError(.evaluation, "unhashable type: 'slice'") }
        let slice = try JinjaSlicing(start: bound(start), stop: bound(stop), step: bound(step))
        switch value {
        case .string(let text), .markup(let text):
            return value.likewise(try slice.apply(to: text, self))
        case .list(let sequence):
            try charge(elements: sequence.elements.count)
            return .list(slice.apply(to: sequence.elements))
        case .tuple(let sequence):
            try charge(elements: sequence.elements.count)
            return .tuple(slice.apply(to: sequence.elements))
        case .range(let range): return .range(slice.apply(to: range))
        case .undefined(let undefined): throw undefined.error
        default: throw TemplateError(.evaluation, "'\(value.typeName)' object is not subscriptable")
        }
    }

    private func bound(_ value: JinjaValue?) throws(TemplateError) -> Int? {
        switch value {
        case nil, .some(.none): return nil
        case .some(let value):
            if let index = value.index { return index }
            throw TemplateError(
                .evaluation, "slice indices must be integers or None or have an __index__ method")
        }
    }

    // MARK: Elements

    /// What a loop over the value gives.
    func elements(of value: JinjaValue) throws(TemplateError) -> [JinjaValue] {
        switch value {
        case .undefined: return []
        case .list(let sequence), .tuple(let sequence): return sequence.elements
        case .view(let view): return view.sequence.elements
        case .dictionary(let dictionary):
            try charge(elements: dictionary.entries.count)
            return Array(dictionary.entries.keys)
        case .string(let text), .markup(let text):
            try charge(elements: text.utf8.count)
            return text.codePoints.map { .string($0) }
        case .range(let range):
            try charge(elements: range.count)
            return range.elements
        case .iterator(let iterator): return iterator.takeAll()
        default: throw TemplateError(.evaluation, "'\(value.typeName)' object is not iterable")
        }
    }
}

extension JinjaValue {
    var isIterable: Bool {
        switch self {
        case .undefined, .string, .markup, .list, .tuple, .dictionary, .view, .range, .iterator, .loop: true
        case .none, .bool, .integer, .float, .namespace, .callable: false
        }
    }
}

extension JinjaMacroValue {
    fileprivate func attribute(_ name: String) -> JinjaValue? {
        switch name {
        case "name": macro.name.map { .literal($0) } ?? JinjaValue.none
        case "arguments": .tuple(macro.parameters.map { .literal($0.name) })
        case "catch_kwargs": .bool(macro.extras.keywords)
        case "catch_varargs": .bool(macro.extras.positional)
        case "caller": .bool(macro.extras.caller)
        default: nil
        }
    }
}

extension JinjaLoop {
    fileprivate func attribute(_ name: String) -> JinjaValue? {
        switch name {
        case "index": .integer(index)
        case "index0": .integer(index0)
        case "first": .bool(index0 == 0)
        case "last": .bool(index == count)
        case "length": .integer(count)
        case "revindex": .integer(count - index0)
        case "revindex0": .integer(count - index)
        case "depth": .integer(depth + 1)
        case "depth0": .integer(depth)
        case "previtem": previous ?? .undefined("there is no previous item")
        case "nextitem": following ?? .undefined("there is no next item")
        default: nil
        }
    }
}
