//! Prints docs/opcodes.md.

fn main() {
    print!("{}", bytecode::reference::render());
}
