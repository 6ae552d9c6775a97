import SystemPackage

/// What is wrong with a GGUF file, or with a question put to its metadata. Offsets are bytes from the start of the file.
package enum GGUFError: Error, Hashable, Sendable {
    case cannotOpen(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// The file was cut, or its disk failed, after it was opened.
    case cannotRead
    case notGGUF
    case bigEndian
    case unsupportedVersion(UInt32)
    /// The file ends inside `part`.
    case truncated(part: String, offset: Int)
    /// `part` claims more elements or bytes than the rest of the file can hold.
    case countExceedsFile(part: String, count: UInt64, offset: Int)
    case nameTooLong(length: UInt64, offset: Int)
    /// The metadata and the descriptions of the tensors do not end before this byte.
    case descriptionTooLarge(Int)
    case invalidUTF8(part: String, offset: Int)
    case unknownValueType(UInt32, key: String, offset: Int)
    case nestedTooDeeply(key: String, offset: Int)
    case duplicateKey(String)
    case duplicateTensor(String)
    case badAlignment(String)
    case unknownTensorType(UInt32, tensor: String)
    case badShape(tensor: String, reason: String)
    case misalignedTensor(String, offset: UInt64)
    case tensorOutsideFile(String)
    case overlappingTensors(String, String)
    /// So many bytes follow the last tensor.
    case trailingBytes(Int)
    /// One part of a split model, whose other parts cannot be found by its name.
    case splitFile(count: Int)
    /// A part of a split model was opened that is not its first; the path is that of the first, where the name tells it.
    case notFirstPart(String?, index: Int)
    case wrongPartCount(expected: Int, found: Int)
    case contradictsFirstPart(key: String, value: String, expected: String)
    /// All parts together have another number of tensors than `key` of the first says.
    case wrongTensorCount(key: String, expected: Int, found: Int)
    /// What is wrong with one file of a split model.
    indirect case inFile(String, GGUFError)
    case missingKey(String)
    case wrongType(key: String, expected: String, found: String)
    case valueOutOfRange(key: String, value: String, expected: String)
    /// A tensor handed to the writer does not have the bytes that its type and shape demand.
    case wrongByteCount(tensor: String, expected: Int, found: Int)
}

extension GGUFError {
    /// This error with the path of its file, which errors of opening have already.
    func naming(_ path: FilePath) -> GGUFError {
        if case .cannotOpen = self { self } else { .inFile(path.string, self) }
    }
}

extension GGUFError: CustomStringConvertible {
    /// One line; keys and names, which a file may make very long, are cut in the middle.
    package var description: String {
        let text = wholeText
        guard text.utf8.count > 600 else { return text }
        return "\(text.prefix(300))…\(text.suffix(200))"
    }

    private var wholeText: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .cannotRead:
            "the model file cannot be read any more: it was changed or its disk failed; pull or create the model again"
        case .notGGUF: "not a GGUF file: it does not begin with the letters GGUF"
        case .bigEndian: "big-endian GGUF files are not supported; convert the file to little endian"
        case .unsupportedVersion(let version): "GGUF version \(version) is not supported; versions 2 and 3 are"
        case .truncated(let part, let offset):
            "the GGUF file ends inside \(part) at byte \(offset); it may be incomplete"
        case .countExceedsFile(let part, let count, let offset):
            "damaged GGUF file: \(part) at byte \(offset) claims \(count), more than the file can hold"
        case .nameTooLong(let length, let offset): "damaged GGUF file: a name of \(length) bytes at byte \(offset)"
        case .descriptionTooLarge(let limit):
            "damaged GGUF file: its metadata and descriptions of tensors take more than \(limit) bytes"
        case .invalidUTF8(let part, let offset): "damaged GGUF file: \(part) at byte \(offset) is not valid UTF-8"
        case .unknownValueType(let type, let key, let offset):
            "damaged GGUF file: metadata '\(key)' at byte \(offset) has the unknown type \(type)"
        case .nestedTooDeeply(let key, let offset):
            "damaged GGUF file: metadata '\(key)' nests arrays too deeply at byte \(offset)"
        case .duplicateKey(let key): "damaged GGUF file: metadata '\(key)' occurs twice"
        case .duplicateTensor(let name): "damaged GGUF file: tensor '\(name)' occurs twice"
        case .badAlignment(let value):
            "damaged GGUF file: general.alignment is \(value), but must be a power of two from 8 on"
        case .unknownTensorType(let type, let tensor): "tensor '\(tensor)' has the unsupported type \(type)"
        case .badShape(let tensor, let reason): "damaged GGUF file: tensor '\(tensor)' \(reason)"
        case .misalignedTensor(let name, let offset):
            "damaged GGUF file: tensor '\(name)' has the misaligned offset \(offset)"
        case .tensorOutsideFile(let name):
            "the data of tensor '\(name)' lie beyond the end of the GGUF file; it may be incomplete"
        case .overlappingTensors(let first, let second):
            "damaged GGUF file: tensors '\(first)' and '\(second)' overlap"
        case .trailingBytes(let count):
            "damaged GGUF file: \(count) bytes follow its last tensor; it may have been lengthened by a broken download"
        case .splitFile(let count):
            "this is one part of a GGUF file split into \(count), and its name does not tell where the others are; open the "
                + "file called NAME-00001-of-\(String("0000\(count)".suffix(5))).gguf with the others beside it, or merge the "
                + "parts first, as llama-gguf-split --merge of llama.cpp does"
        case .notFirstPart(let first?, let index):
            "this is part \(index + 1) of a split GGUF file; open the first part, \(first)"
        case .notFirstPart(nil, let index): "this is part \(index + 1) of a split GGUF file; open the first part"
        case .wrongPartCount(let expected, let found):
            "metadata 'split.count' is \(expected), but the model has \(found) files"
        case .contradictsFirstPart(let key, let value, let expected):
            "metadata '\(key)' is \(value), but should be \(expected) after what the first part says"
        case .wrongTensorCount(let key, let expected, let found):
            "metadata '\(key)' is \(expected), but all parts together have \(found) tensors"
        case .inFile(let file, let error): "\(file): \(error)"
        case .missingKey(let key): "the model file lacks the metadata '\(key)'"
        case .wrongType(let key, let expected, let found): "metadata '\(key)' should be \(expected), but is \(found)"
        case .valueOutOfRange(let key, let value, let expected):
            "metadata '\(key)' is \(value), which does not fit \(expected)"
        case .wrongByteCount(let tensor, let expected, let found):
            "tensor '\(tensor)' should have \(expected) bytes, but \(found) were given"
        }
    }
}
