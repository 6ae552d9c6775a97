/// A model's forward pass: a flat list of steps over virtual values, symbolic in the number of rows.
package struct Program: Sendable {}
