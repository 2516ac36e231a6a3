//! One arm: its tree of blocks as nested Rust blocks, its locals bound at the start and saved where it ends.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, Lifetime, Stmt, parse_quote};

use super::Emit;
use super::bind::Binding;
use super::regions::Regions;
use super::rewrite::Bindings;
use crate::graph::{Block, BlockId, End, Graph, Instr, Point, ScopeId, pauses};
use crate::layout::Place;
use crate::names::{Local, at};
use crate::scope::flow::State;
use crate::scope::patterns;
use crate::scope::{Keep, flow};

/// The arms that are written so far.
pub(super) struct Arms<'a> {
    emit: &'a Emit<'a>,
    regions: &'a Regions,
    cleanups: usize,
}

impl<'a> Arms<'a> {
    /// The code of each arm.
    pub(super) fn all(emit: &'a Emit<'a>, regions: &'a Regions) -> BTreeMap<BlockId, TokenStream> {
        let mut arms = Arms { emit, regions, cleanups: 0 };
        regions.arms().map(|start| (start, arms.arm(start))).collect()
    }

    fn arm(&mut self, start: BlockId) -> TokenStream {
        let emit = self.emit;
        let bound = emit.bindings(start);
        let mut assigned = HashSet::new();
        for block in emit.facts.starts.blocks(emit.graph, start) {
            emit.facts.inits(block, &mut |local| {
                assigned.insert(local);
            });
        }
        let emptied = emit.emptied(start);
        let bindings = bound.iter().copied().collect();
        let mut writer = Writer { arms: self, start, bindings, open: Vec::new(), assigned, cleanups: Vec::new() };
        writer.emit(emptied);
        for scope in emit.graph.path(emit.graph.block(start).scope) {
            let mut own = TokenStream::new();
            for local in &emit.graph.scope(scope).locals {
                if let Some((_, binding)) = bound.iter().find(|(other, _)| other == local) {
                    own.extend(emit.bind(*local, *binding, start));
                }
                // A pattern is taken apart beside its argument, so that all of them drop in their order.
                for stmt in emit.graph.patterns(start, *local) {
                    own.extend(emit.stmt(stmt, &writer.bindings).into_token_stream());
                }
            }
            writer.open_scope(scope, own);
        }
        writer.block(start, None);
        while writer.open.len() > 1 {
            writer.close_top();
        }
        let mut code = writer.open.pop().map(|open| open.code).unwrap_or_default();
        for cleanup in writer.cleanups {
            let Cleanup { label, clears, jump } = cleanup;
            code = quote!(#label: { #code } #clears #jump);
        }
        code
    }
}

impl Emit<'_> {
    /// Empties the slots around the arms that hold nothing here. rustc cannot see that: to its eye one may still borrow, from
    /// an earlier turn, what this arm borrows or assigns in the frame.
    fn emptied(&self, start: BlockId) -> TokenStream {
        let place =
            |local: Local, place: Place| self.layout.slot(local).is_some_and(|slot| slot.place == place && !slot.plain);
        let borrowed = |local: &&Local| place(**local, Place::Frame) && self.locals[**local].keep < Keep::Copy;
        if !self.layout.order.iter().any(|local| borrowed(&local)) {
            return TokenStream::new();
        }
        let state = self.facts.state_in(start);
        let slots = self.layout.order.iter().filter(|local| {
            // The outcome of a delegation borrows from no local: a delegate could not be kept beside it.
            let borrows = !self.layout.is_temporary(**local) || self.locals[**local].name != pauses::OUTCOME;
            place(**local, Place::Resume)
                && borrows
                && !self.facts.is_needed(start, **local, state.get(**local), self.locals)
        });
        let slots = slots.map(|local| self.slot(*local));
        quote!(#(#slots = ::core::option::Option::None;)*)
    }

    /// The statement that binds a saved local at the start of an arm.
    fn bind(&self, local: Local, binding: Binding, start: BlockId) -> TokenStream {
        let (private, name, slot) = (&self.private, self.layout.name(local), self.slot(local));
        let uninit = !self.facts.is_needed(start, local, self.facts.state_in(start).get(local), self.locals);
        let plain = self.layout.slot(local).is_some_and(|slot| slot.plain);
        match binding {
            Binding::Variable if plain && !uninit => quote!(let mut #name = #slot;),
            Binding::Place if plain => quote!(let #name = &mut #slot;),
            Binding::Variable if uninit => {
                let ty = self.graph.declared_type(local).map(|ty| quote!(: #ty));
                quote!(let mut #name #ty;)
            }
            Binding::Variable => quote!(let mut #name = #private::take(&mut #slot);),
            Binding::Place => quote!(let #name = #private::place(&mut #slot);),
            Binding::Held => quote!(let #name = #slot.take();),
            Binding::Taken => quote!(let mut #name = #slot.take();),
            Binding::Slot | Binding::Saved | Binding::MovedSlot | Binding::MovedTaken => TokenStream::new(),
        }
    }
}

/// A lexical block that is open in the expansion.
struct Open {
    scope: Option<ScopeId>,
    code: TokenStream,
    /// Whether it needs braces of its own.
    declares: bool,
    is_unsafe: bool,
}

impl Open {
    fn plain() -> Self {
        Open { scope: None, code: TokenStream::new(), declares: false, is_unsafe: false }
    }

    /// The code in the braces that it needs.
    fn closed(self) -> TokenStream {
        let code = self.code;
        match (self.is_unsafe, self.declares) {
            (true, _) => quote!(unsafe { #code }),
            (false, true) => quote!({ #code }),
            (false, false) => code,
        }
    }
}

/// Code behind an arm that empties slots and goes on.
struct Cleanup {
    label: Lifetime,
    clears: TokenStream,
    jump: TokenStream,
}

struct Writer<'w, 'a> {
    arms: &'w mut Arms<'a>,
    start: BlockId,
    bindings: Bindings,
    open: Vec<Open>,
    /// What gets a value in this arm: a local that gets none here is not declared here.
    assigned: HashSet<Local>,
    cleanups: Vec<Cleanup>,
}

impl Writer<'_, '_> {
    fn emit(&mut self, code: impl ToTokens) {
        if let Some(open) = self.open.last_mut() {
            code.to_tokens(&mut open.code);
        } else {
            self.open.push(Open { code: code.into_token_stream(), ..Open::plain() });
        }
    }

    fn open_scope(&mut self, scope: ScopeId, own: TokenStream) {
        if self.open.is_empty() {
            self.open.push(Open::plain());
        }
        let declares = !own.is_empty();
        let is_unsafe = self.arms.emit.graph.scope(scope).is_unsafe;
        self.open.push(Open { scope: Some(scope), code: own, declares, is_unsafe });
    }

    /// Ends the innermost lexical block.
    fn close_top(&mut self) {
        let Some(code) = self.open.pop().map(Open::closed) else { return };
        match self.open.last_mut() {
            Some(outer) => outer.code.extend(code),
            None => self.open.push(Open { code, ..Open::plain() }),
        }
    }

    /// A tree of blocks. Where it falls through to `meet` it emits nothing. Returns whether it does.
    fn block(&mut self, id: BlockId, meet: Option<BlockId>) -> bool {
        let emit = self.arms.emit;
        let mut id = id;
        loop {
            let block = emit.graph.block(id);
            let states = emit.facts.states(emit.graph, id);
            let mut before = emit.facts.state_in(id).clone();
            let patterns = if id == Graph::ENTRY { emit.graph.pattern_count() } else { 0 };
            for (index, (instr, after)) in block.instrs.iter().zip(&states).enumerate() {
                if index < patterns {
                    self.pattern(instr);
                } else {
                    let bindings = emit.moving_instr(id, index, &self.bindings);
                    self.instr(id, instr, &bindings, &before, after);
                }
                before = after.clone();
                if after.0.is_none() {
                    return false;
                }
            }
            let bindings = emit.moving_at_end(id, &self.bindings);
            self.demands_at_end(id, &before, &bindings);
            match self.end(block, &bindings, states.last().unwrap_or(&before), meet) {
                Next::Block(next) => id = next,
                Next::Falls => return true,
                Next::Ends => return false,
            }
        }
    }

    /// What the code at the end of a block must prove before it runs. Behind a `return` nothing is kept.
    fn demands_at_end(&mut self, id: BlockId, before: &State, bindings: &Bindings) {
        let emit = self.arms.emit;
        let code = match &emit.graph.block(id).end {
            End::Suspend { point, value, .. } => match &emit.yields {
                Some(ty) if !emit.recursive && !emit.graph.points[point - 1].delegates => {
                    parse_quote!(let value: #ty = #value;)
                }
                _ => Stmt::Expr(value.clone(), None),
            },
            End::Branch { cond: expr, .. } | End::Match { scrutinee: expr, .. } => Stmt::Expr(expr.clone(), None),
            End::Return(_) | End::Goto(_) | End::Jump { .. } | End::Unreachable => return,
        };
        let after = emit.facts.state_behind(emit.graph, id);
        let demands = emit.demands(id, &code, before, &after, bindings);
        self.emit(demands);
    }

    /// What an argument's pattern binds, already emitted.
    fn pattern(&mut self, instr: &Instr) {
        if let Instr::Stmt(Stmt::Local(local)) = instr {
            let bound = patterns::bindings(&local.pat);
            self.bindings.extend(bound.into_iter().map(|local| (local, Binding::Variable)));
        }
    }

    fn instr(&mut self, id: BlockId, instr: &Instr, bindings: &Bindings, before: &State, after: &State) {
        let emit = self.arms.emit;
        match instr {
            Instr::Stmt(Stmt::Local(local))
                if local.init.is_none()
                    && !patterns::bindings(&local.pat).iter().any(|local| self.assigned.contains(local)) => {}
            Instr::Stmt(stmt) => {
                let demands = emit.demands(id, stmt, before, after, bindings);
                self.emit(demands);
                self.emit(emit.parted_in(stmt, before, after, bindings));
                let rewritten = emit.stmt(stmt, bindings);
                self.emit(&rewritten);
                if let Stmt::Local(local) = stmt {
                    if let Some(open) = self.open.last_mut() {
                        open.declares = true;
                    }
                    self.declared(&patterns::bindings(&local.pat), local.init.is_some());
                }
                if matches!(stmt, Stmt::Item(_))
                    && let Some(open) = self.open.last_mut()
                {
                    open.declares = true;
                }
            }
            Instr::Spill { .. } => unreachable!("spills are resolved before emission"),
            Instr::Enter(scope) => self.open_scope(*scope, TokenStream::new()),
            Instr::Leave(scope) => {
                if self.open.last().is_some_and(|open| open.scope == Some(*scope)) {
                    self.close_top();
                }
                let clears = self.clears(&[*scope], before);
                self.emit(clears);
            }
        }
    }

    /// Bindings that were just made are variables. One that is taken for a view must prove that it needs no drop.
    fn declared(&mut self, bound: &[Local], initialised: bool) {
        let emit = self.arms.emit;
        for local in bound {
            self.bindings.insert(*local, Binding::Variable);
            if initialised
                && emit.locals[*local].keep == Keep::Presumed
                && emit.facts.is_in_scope_at_boundary(emit.graph, *local)
            {
                let (private, name) = (&emit.private, emit.layout.name(*local));
                self.emit(quote!(#private::assert_no_drop(&#name);));
            }
        }
    }

    /// Empties the slots of scopes that end, innermost first, of what is still in them.
    fn clears(&self, scopes: &[ScopeId], state: &State) -> TokenStream {
        let emit = self.arms.emit;
        let mut code = TokenStream::new();
        for scope in scopes {
            for local in emit.graph.scope(*scope).locals.iter().rev() {
                let in_slot = matches!(self.bindings.get(local), Some(Binding::Saved | Binding::Place | Binding::Slot));
                if in_slot && state.get(*local).may_init && emit.locals[*local].keep == Keep::Unknown {
                    let slot = emit.slot(*local);
                    code.extend(quote!(#slot = ::core::option::Option::None;));
                }
            }
        }
        code
    }

    /// Saves what is needed at a boundary and is in a variable.
    fn saves(&mut self, target: BlockId, state: &State, span: Span) -> TokenStream {
        let emit = self.arms.emit;
        let mut saves = Vec::new();
        for local in emit.facts.in_scope(emit.graph, target) {
            let status = state.get(local);
            let binding = match self.bindings.get(&local) {
                Some(binding @ (Binding::Variable | Binding::Held | Binding::Taken)) => *binding,
                _ => continue,
            };
            if !emit.facts.is_needed(target, local, status, emit.locals) {
                continue;
            }
            let Some(slot) = emit.layout.slot(local) else { continue };
            let (private, place) = (&emit.private, emit.slot(local));
            let name = emit.layout.name(local);
            let save = match (binding, slot.held) {
                _ if slot.plain => quote!(#place = #name;),
                (Binding::Held | Binding::Taken, _) => quote!(#place = #name;),
                (_, true) if !emit.locals[local].is_closure => {
                    quote!(#place = ::core::option::Option::Some(#private::Held(#name).hold());)
                }
                _ => quote!(#place = ::core::option::Option::Some(#name);),
            };
            // What cannot be kept over a pause is an error at its marker.
            saves.push(at(span, save));
        }
        // A later local may borrow from an earlier one up to here, if nothing is kept of it.
        saves.into_iter().rev().collect()
    }

    fn end(&mut self, block: &Block, bindings: &Bindings, state: &State, meet: Option<BlockId>) -> Next {
        let emit = self.arms.emit;
        if state.0.is_none()
            && !matches!(block.end, End::Branch { .. } | End::Match { .. } | End::Suspend { .. } | End::Return(_))
        {
            return Next::Ends;
        }
        match &block.end {
            End::Unreachable => Next::Ends,
            End::Goto(target) => self.go(*target, &[], state, meet),
            End::Jump { leaving, target } => self.go(*target, leaving, state, meet),
            End::Return(value) => {
                let value = emit.expr(value, bindings);
                let step = emit.step_returned(&value);
                self.emit(quote!(return #step;));
                Next::Ends
            }
            End::Suspend { point, value, leaving, resume } => {
                let value = emit.expr(value, bindings);
                self.suspend(*point, &value, leaving, *resume, state);
                Next::Ends
            }
            End::Branch { cond, then, otherwise, join } => {
                let meets = join.filter(|join| !emit.facts.starts.contains(*join));
                self.emit(emit.parted_by_tests(cond, emit.facts.state_in(*then), bindings));
                let cond_code = emit.expr(cond, bindings);
                let (then_code, then_falls) = self.nested(*then, &cond_bindings(cond), meets);
                let (else_code, else_falls) = self.nested(*otherwise, &[], meets);
                if else_code.is_empty() && else_falls {
                    self.emit(quote!(if #cond_code { #then_code }));
                } else {
                    self.emit(quote!(if #cond_code { #then_code } else { #else_code }));
                }
                self.met(meets, then_falls || else_falls)
            }
            End::Match { scrutinee, arms, join } => {
                let meets = join.filter(|join| !emit.facts.starts.contains(*join));
                self.emit(emit.parted_by_arms(scrutinee, arms, bindings));
                let scrutinee = emit.expr(scrutinee, bindings);
                let mut falls = false;
                let mut code = TokenStream::new();
                for arm in arms {
                    let bound = patterns::bindings(&arm.pat);
                    let mut inner = self.bindings.clone();
                    inner.extend(bound.iter().map(|local| (*local, Binding::Variable)));
                    let pat = emit.pat(&arm.pat, &inner);
                    let guard = arm.guard.as_ref().map(|guard| {
                        let guard = emit.expr(guard, &inner);
                        quote!(if #guard)
                    });
                    let (body, arm_falls) = self.nested(arm.block, &bound, meets);
                    falls |= arm_falls;
                    let attrs = &arm.attrs;
                    code.extend(quote!(#(#attrs)* #pat #guard => { #body }));
                }
                self.emit(quote!(match #scrutinee { #code }));
                self.met(meets, falls)
            }
        }
    }

    fn met(&self, meets: Option<BlockId>, falls: bool) -> Next {
        match meets {
            Some(join) if falls => Next::Block(join),
            _ => Next::Ends,
        }
    }

    /// A successor in braces of the construct that leads to it.
    fn nested(&mut self, id: BlockId, bound: &[Local], meet: Option<BlockId>) -> (TokenStream, bool) {
        let emit = self.arms.emit;
        if emit.facts.starts.contains(id) {
            // Only a successor without bindings can be reached in other ways too.
            let state = emit.facts.state_in(id).clone();
            let outer = std::mem::take(&mut self.open);
            let falls = matches!(self.go(id, &[], &state, meet), Next::Falls);
            let code = self.finish(outer);
            return (code, falls);
        }
        let outer_bindings = self.bindings.clone();
        let outer = std::mem::take(&mut self.open);
        self.open.push(Open::plain());
        self.declared_in_pattern(bound);
        let falls = self.block(id, meet);
        let code = self.finish(outer);
        self.bindings = outer_bindings;
        (code, falls)
    }

    fn declared_in_pattern(&mut self, bound: &[Local]) {
        self.declared(bound, true);
    }

    fn finish(&mut self, outer: Vec<Open>) -> TokenStream {
        let mut inner = std::mem::replace(&mut self.open, outer);
        let mut code = TokenStream::new();
        while let Some(mut open) = inner.pop() {
            open.code.extend(code);
            code = open.closed();
        }
        code
    }

    /// On to a block, out of `leaving`.
    fn go(&mut self, target: BlockId, leaving: &[ScopeId], state: &State, meet: Option<BlockId>) -> Next {
        let emit = self.arms.emit;
        if meet == Some(target) && leaving.is_empty() {
            return Next::Falls;
        }
        if !emit.facts.starts.contains(target) {
            return Next::Block(target);
        }
        let target = emit.passed(target);
        // What is saved for a delegation is saved at its marker, where an error about it should point.
        let point = emit.graph.block(target).resumes.map(|point| emit.graph.points[point - 1].span);
        let saves = self.saves(target, &left(emit.graph, leaving, state), point.unwrap_or_else(Span::call_site));
        let clears = self.clears(leaving, state);
        let jump = emit.jump(self.arms.regions, self.start, target);
        // Variables drop when the arm is left; what is in slots was declared before and drops after them.
        let exit = if !clears.is_empty() && self.has_variables(leaving, state) {
            self.cleanup(clears, jump)
        } else {
            quote!(#clears #jump)
        };
        self.emit(quote!(#saves #exit));
        Next::Ends
    }

    /// Whether any variable of these scopes may hold something with a destructor.
    fn has_variables(&self, scopes: &[ScopeId], state: &State) -> bool {
        let emit = self.arms.emit;
        scopes.iter().flat_map(|scope| &emit.graph.scope(*scope).locals).any(|local| {
            matches!(self.bindings.get(local), Some(Binding::Variable | Binding::Held | Binding::Taken))
                && emit.locals[*local].keep == Keep::Unknown
                && state.get(*local).may_init
        })
    }

    /// Out of the arm, to where slots are emptied.
    fn cleanup(&mut self, clears: TokenStream, jump: TokenStream) -> TokenStream {
        let same = |other: &&Cleanup| {
            other.clears.to_string() == clears.to_string() && other.jump.to_string() == jump.to_string()
        };
        if let Some(Cleanup { label, .. }) = self.cleanups.iter().find(same) {
            return quote!(break #label;);
        }
        self.arms.cleanups += 1;
        let label = Lifetime::new(&format!("'left_{}", self.arms.cleanups), Span::call_site());
        let exit = quote!(break #label;);
        self.cleanups.push(Cleanup { label, clears, jump });
        exit
    }

    fn suspend(&mut self, point: usize, code: &Expr, leaving: &[ScopeId], resume: BlockId, state: &State) {
        let emit = self.arms.emit;
        let Point { span, delegates, .. } = emit.graph.points[point - 1];
        let saves = self.saves(resume, &left(emit.graph, leaving, state), span);
        let (position, value_name, private) = (&emit.names.position, &emit.names.value, &emit.private);
        let turn = &emit.names.turn;
        let mut ty = emit.yields.as_ref().map_or_else(|| quote!(_), ToTokens::to_token_stream);
        let mut value = value_name.to_token_stream();
        match (emit.recursive, delegates) {
            (false, _) => {}
            // What a delegate gives is for the driver already.
            (true, true) => ty = quote!(_),
            (true, false) => value = quote!(#turn.yielded(#value)),
        }
        let point = u32::try_from(point).unwrap_or(u32::MAX);
        self.emit(quote! {
            let #value_name: #ty = #code;
            #saves
            *#position = #point;
            return ::core::result::Result::Ok(#private::Step::Yielded(#value));
        });
        if let Some(open) = self.open.last_mut() {
            open.declares = true;
        }
    }
}

/// The state once scopes are left.
fn left(graph: &Graph, leaving: &[ScopeId], state: &State) -> State {
    let mut after = state.clone();
    for local in leaving.iter().flat_map(|scope| &graph.scope(*scope).locals) {
        after.set(*local, flow::Status::UNINIT);
    }
    after
}

/// Where the emission of a tree goes on.
enum Next {
    Block(BlockId),
    Falls,
    Ends,
}

fn cond_bindings(cond: &Expr) -> Vec<Local> {
    match cond {
        Expr::Let(test) => patterns::bindings(&test.pat),
        Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_)) => {
            let mut all = cond_bindings(&binary.left);
            all.extend(cond_bindings(&binary.right));
            all
        }
        Expr::Unsafe(_) => Vec::new(),
        _ => Vec::new(),
    }
}
