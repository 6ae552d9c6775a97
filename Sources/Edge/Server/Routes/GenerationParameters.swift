import APITypes
import Chat
import Generation
import HTTPTypes
import JSON
import ModelLibrary
import OrderedCollections

extension GenerationRequest {
    /// - Throws: `APIFailure` for what is out of range or not carried out.
    init(model: ModelName, input: Input, parameters: InferenceParameters) throws {
        guard (0...20).contains(parameters.topLogprobs) else {
            throw APIFailure(.badRequest, FailureText.topLogprobsRange)
        }
        self.init(
            model: model, input: input, options: try GenerationOptions(parameters.options),
            keepAlive: parameters.keepAlive.map(KeepAlive.init), truncates: parameters.truncate ?? true,
            shifts: parameters.shift ?? true, alternatives: parameters.logprobs ? parameters.topLogprobs : nil)
        form = try AnswerForm(parameters)
    }
}

extension AnswerForm {
    /// Nil for an answer of any form.
    fileprivate init?(_ parameters: InferenceParameters) throws {
        var forms: [AnswerForm] = []
        switch parameters.format {
        case nil: break
        case .string?: forms.append(.json)
        case let schema?: forms.append(.schema(schema))
        }
        if !parameters.grammar.isEmpty { forms.append(.grammar(parameters.grammar)) }
        if !parameters.regex.isEmpty { forms.append(.regex(parameters.regex)) }
        guard forms.count <= 1 else { throw APIFailure(.badRequest, FailureText.severalForms) }
        guard let form = forms.first else { return nil }
        self = form
    }
}

extension KeepAlive {
    init(_ duration: GoDuration) {
        self =
            duration < .longest && duration.nanoseconds >= 0
            ? .duration(.nanoseconds(duration.nanoseconds)) : .forever
    }
}

extension ThinkSetting {
    init(_ value: ThinkValue) {
        self =
            switch value {
            case .bool(true): .on
            case .bool(false): .off
            case .level(let level): .level(level)
            }
    }
}

extension Message {
    init(_ message: ChatMessage) {
        self.init(
            role: message.role, content: message.content, thinking: message.thinking.isEmpty ? nil : message.thinking,
            images: message.images,
            toolCalls: message.toolCalls.map { call in
                ToolCall(id: call.id.isEmpty ? nil : call.id, name: call.name, arguments: call.arguments)
            },
            toolName: message.toolName.isEmpty ? nil : message.toolName,
            toolCallID: message.toolCallID.isEmpty ? nil : message.toolCallID)
    }
}

extension ModelName {
    /// Reads the name of a request, and passes over white space around it.
    init(requested text: String) throws {
        self = try ModelReference(requested: text).name
    }
}

extension ModelReference {
    /// Reads the name of a request, and passes over white space around it.
    init(requested text: String) throws {
        var name = text.drop { $0.isWhitespace }
        while name.last?.isWhitespace == true { name.removeLast() }
        do {
            try self.init(String(name))
        } catch {
            throw APIFailure(.badRequest, FailureText.invalidModelName)
        }
    }
}
