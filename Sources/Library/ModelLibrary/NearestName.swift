/// "Did you mean": the known name that a mistyped one was probably meant to be.
package enum NearestName {
    /// Longer words are no typing mistakes, and comparing them takes the square of their length.
    private static let longestWord = 200

    /// The name that is one or a few keys away, or that `word` is the beginning of; nil where none is near. Case does not
    /// count.
    package static func of(_ word: String, among names: [String]) -> String? {
        let typed = Array(word.lowercased())
        guard typed.count >= 2, typed.count <= longestWord else { return nil }
        var best: (name: String, distance: Int)?
        for name in names where name != word && name.utf8.count <= 4 * longestWord {
            let known = Array(name.lowercased())
            let isBeginning = typed.count >= 3 && known.starts(with: typed)
            // A third of the keys may be wrong; a beginning counts as the last resort within that.
            let most = max(1, min(typed.count, known.count) / 3)
            let distance = isBeginning ? most : self.distance(typed, known)
            if distance > 0, distance <= most, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// `; did you mean "name"?`, or nothing where no name is near.
    package static func hint(for word: String, among names: [String]) -> String {
        of(word, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The same for the name of a model; the tag `latest` may be left out.
    package static func hint(forModel word: String, among names: [String]) -> String {
        let tag = ":" + ModelName.defaultTag
        return hint(
            for: word, among: names.flatMap { $0.hasSuffix(tag) ? [String($0.dropLast(tag.count)), $0] : [$0] })
    }

    /// Keys to insert, delete, replace or swap with their neighbour.
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let isSame = first[row] == second[column]
                var least = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
