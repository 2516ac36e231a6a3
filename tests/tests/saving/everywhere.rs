//! The tables of `lowering`, whose frames travel here.

macro_rules! tables {
    ($($table:ident = $path:literal)*) => {
        $(#[path = $path] mod $table;)*
    };
}

tables! {
    assign = "../lowering/assign.rs"
    attempts = "../lowering/attempts.rs"
    closures = "../lowering/closures.rs"
    delegation = "../lowering/delegation.rs"
    drops = "../lowering/drops.rs"
    exceptions = "../lowering/exceptions.rs"
    exits = "../lowering/exits.rs"
    found_1 = "../lowering/found_1.rs"
    found_2 = "../lowering/found_2.rs"
    found_3 = "../lowering/found_3.rs"
    found_4 = "../lowering/found_4.rs"
    generics = "../lowering/generics.rs"
    logic = "../lowering/logic.rs"
    loops = "../lowering/loops.rs"
    macros = "../lowering/macros.rs"
    matches = "../lowering/matches.rs"
    methods = "../lowering/methods.rs"
    mixes_control = "../lowering/mixes_control.rs"
    mixes_drops = "../lowering/mixes_drops.rs"
    mixes_exceptions = "../lowering/mixes_exceptions.rs"
    mixes_moves = "../lowering/mixes_moves.rs"
    mixes_operands = "../lowering/mixes_operands.rs"
    mixes_patterns = "../lowering/mixes_patterns.rs"
    mixes_programs = "../lowering/mixes_programs.rs"
    moved_on_one_way = "../lowering/moved_on_one_way.rs"
    moves = "../lowering/moves.rs"
    operands = "../lowering/operands.rs"
    patterns = "../lowering/patterns.rs"
    temps = "../lowering/temps.rs"
}
